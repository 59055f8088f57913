/** Words that say nothing by themselves, of the languages that most text is in. A closed list, folded as tokens are. */
const lists: readonly string[] = [
  // English
  "a an the this that these those there here it its itself he him his himself she her hers herself they them their theirs themselves we us our ours you your yours i me my mine one ones who whom whose which what where when why how",
  "and or but nor so if then than as at by for from in into of off on onto out over to up down with within about above after again against along also among around because before behind below between both during each either else even ever every few further however just like many more most much near neither nevertheless next now only other others own per rather same several since some still such through thus too toward towards under until upon via very while whether yet though although",
  "is are was were be been being am has have had having do does did doing can could may might must shall should will would it's that's i'm he's she's they're we're you're i've don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't cannot couldn't shouldn't hasn't haven't hadn't not no never none let got get gets getting",
  "said says say according really actually simply including included includes based called named used using well back way",
  // German
  "der die das den dem des ein eine einen einem einer eines und oder aber doch sondern wenn als wie bei mit nach von vom zu zum zur in im ins am an auf aus uber unter vor hinter zwischen durch fur gegen ohne um bis seit wahrend wegen ist sind war waren sei wird werden wurde wurden worden hat haben hatte hatten kann konnen konnte muss mussen soll sollen will wollen darf nicht kein keine keinen er sie es wir ihr ihm ihn sein seine seinen seiner ihre ihren ihrer dieser diese dieses diesem diesen jener welche welcher auch nur noch schon sehr mehr so dass da hier dort man sich selbst",
  // French
  "le la les un une des du de et ou mais donc ni car si que qui quoi dont ou a au aux en dans par pour sur sous avec sans chez vers entre est sont etait etaient etre ete a ont avait avaient avoir il elle ils elles on nous vous je tu me te se ce cet cette ces son sa ses leur leurs mon ma mes ton ta tes notre nos votre vos ne pas plus moins tres aussi meme comme lorsque quand ainsi alors l'on c'est d'un d'une qu'il qu'elle",
  // Spanish, Portuguese, Italian
  "el los las uno una unos unas y e o u pero sino del al con sin por para segun sobre entre hasta desde es son era eran fue fueron ser sido estar esta estan estaba ha han habia habian haber se su sus le les lo me mi te tu nos no mas menos muy tambien como cuando donde que quien cual cuyo este esta estos estas ese esa aquel",
  "os as um uma uns umas mas ou em no na nos nas do da dos das ao aos pelo pela por com sem sob ate desde e sao foi foram ser sido estar esta estao tem tinha ter seu sua seus suas isso isto aquilo nao mais menos muito tambem como quando onde quem qual",
  "il lo gli i ed o ma anche se non piu meno molto di del della dei delle dello da dal dalla in nel nella nei nelle su sul sulla con per tra fra e sono era erano essere stato stata ha hanno aveva suo sua suoi loro questo questa questi quello quella che chi cui come quando dove",
  // Dutch, Swedish, Danish, Norwegian, Polish
  "de het een en of maar want dus van in op aan met voor naar bij uit door over onder tussen is zijn was waren wordt worden werd heeft hebben had kan kunnen niet geen er hij zij ze wij we ik jij u hun haar deze die dit dat ook nog wel meer zeer als dan toen om te",
  "och eller men att det den ett ar var som till fran med om av pa han hon de sig har hade inte ikke og er et en til fra ved af nar dette disse hans hendes deres",
  "i w na z ze do od po za o u jest sa byl byla bylo byli byc sie nie to ten ta te tego tej jak ale lub oraz przez dla ktory ktora ktore jego jej ich",
];

const words: ReadonlySet<string> = new Set(lists.flatMap((list) => list.split(" ")));

export const isFunctionWord = (word: string): boolean => words.has(word);

/** Words that stand in nearly every German sentence: there capitals make nouns, not names. */
const german: ReadonlySet<string> = new Set(
  "der das den dem des eine einen einem einer und oder nicht ist sind wurde wurden wird werden auf fur mit von zum zur vom bei nach sich auch hat haben im als".split(
    " ",
  ),
);

export const isGermanWord = (word: string): boolean => german.has(word);

/**
 * How models say no, by language. Written for a text made plain (`plain`): lower case, straight quotes, single blanks.
 *
 * Invariant: what each expression may take is bounded, so that none goes back over a text more often than its own length.
 * `sure`: hardly ever said otherwise. `likely`: also said by a model that goes on to help.
 */

type Phrases = { readonly sure: readonly string[]; readonly likely: readonly string[] };

const enCannot =
  "(?:can't|cannot|can not|won't|will not|couldn't|could not|am unable to|am not able to|'m unable to|'m not able to|" +
  "won't be able to|will not be able to|am not allowed to|'m not allowed to|am not permitted to|am not going to|'m not going to|" +
  "must decline to|have to decline to|don't feel comfortable|do not feel comfortable|am not comfortable|'m not comfortable)";
const enAdverbs = "(?: (?:really|simply|just|also|in good conscience|ethically|directly)){0,2}";
const enRequest = "(?:that|this|it|these|those|such|your request|the request|what you're asking|what you are asking)";

const phrases: Readonly<Record<string, Phrases>> = {
  en: {
    sure: [
      `i(?: ${enCannot}|${enCannot})${enAdverbs} (?:assist|help|comply|engage|participate|proceed|cooperate)\\b(?! but\\b)(?:(?: you)? (?:with|in|on)? ?${enRequest}|[.,;!]|$| with (?:creating|making|writing|planning|anything|(?:an? |any )?requests?|illegal|harmful)| in (?:creating|making|writing|planning)| you (?:with|in|by|do|create|make|plan|write|to)\\b)`,
      `i(?: ${enCannot}|${enCannot})${enAdverbs} (?:fulfil|fulfill|accommodate|satisfy|complete|grant|honou?r|carry out|process|do|support|condone|encourage|promote|facilitate) ${enRequest}\\b`,
      `i(?: ${enCannot}|${enCannot})${enAdverbs} (?:provide|give|offer|share|create|generate|write|produce|discuss|supply)(?: you)?(?: with)?(?: any)? (?:assistance|help|guidance|instructions|advice on how to|information (?:on|about) how to|content (?:that|which)|${enRequest}\\b|details on how to|step)`,
      `(?:i'm |i am |i )?(?:so |very |really |truly |deeply )?(?:sorry|apologi[sz]e|apologies|unfortunately|regret)[^.!?]{0,30}?,? (?:but )?i(?: ${enCannot}|${enCannot})${enAdverbs} (?:assist|help|comply|provide|give|create|generate|write|produce|discuss|share|support|engage|participate|do|fulfil|fulfill|answer|continue|proceed)\\b(?! but\\b)`,
      "i (?:must|have to|need to|will have to|'ll have to|respectfully|am going to have to)(?: respectfully| politely)? (?:decline|refuse)\\b",
      "i (?:respectfully|politely|firmly) decline\\b",
      "i refuse to\\b",
      "i(?:'m| am) not comfortable (?:with|helping|assisting|providing|discussing|creating|writing|doing|engaging|participating)\\b",
      "(?:that|this)(?:'s| is) (?:not )?something (?:that )?i(?:'m not (?:able|willing|going) to| can't| cannot| won't|'m unable to| can not| am not (?:able|willing))",
      "(?:that|this)(?:'s| is) not something (?:that )?i(?:'m| am)?(?: able to| can| will| could|'m able to| willing to)",
      "(?:this|that|your|the) request (?:goes against|violates|conflicts with|falls outside|is against)",
      "as an? (?:ai|a\\.i\\.|artificial intelligence|language model|responsible)[^.!?]{0,60}?,? i (?:can't|cannot|can not|must not|am not able to|am unable to|won't|will not|don't|do not|must decline)[^.!?]{0,20}? (?:assist|help|provide|support|engage|condone|promote|comply|generate|create|participate|encourage)",
      "it (?:would be|is|'s) (?:unethical|illegal|irresponsible|inappropriate|not appropriate|not ethical|against my (?:guidelines|policy|programming))[^.!?]{0,20} for me to\\b",
      "i (?:do not|don't) (?:assist|help|engage|participate) (?:with|in) (?:that|this|such|these|requests|illegal|harmful)",
    ],
    likely: [
      `i(?: ${enCannot}|${enCannot})${enAdverbs} (?:provide|create|generate|write|produce|discuss|share|recommend|advise|support|condone|promote|encourage|facilitate|roleplay|role-play|pretend)\\b(?! (?:an? )?(?:exact|precise|specific|definitive|definite|real-time|up-to-date))`,
      "sorry, (?:but )?(?:i can't|i cannot|no can do|that's not possible|i won't)\\b",
    ],
  },
  de: {
    sure: [
      "(?:(?:es )?tut mir leid|entschuldigung|leider|ich bedau[e]?re)[^.!?]{0,40}? (?:ich )?(?:kann|darf|werde|möchte)(?: ich)? (?:dir |ihnen |euch )?(?:dabei|damit|dazu|das|diese[rsnm]?|hierbei|bei|deine[rmn]?|ihre[rmn]?|nicht)[^.!?]{0,60}?(?:nicht|keine)[^.!?]{0,40}?(?:helfen|unterstützen|behilflich|erfüllen|beantworten|nachkommen|geben|erstellen|schreiben|weiterhelfen|tun|anbieten)",
      "(?:dabei|damit|hierbei|da) (?:kann|darf|werde) ich (?:dir |ihnen |euch )?(?:leider )?nicht (?:helfen|unterstützen|weiterhelfen|behilflich sein)",
      "ich (?:kann|darf|werde) (?:dir |ihnen |euch )?(?:dabei|damit|hierbei|bei dieser anfrage|dieser (?:bitte|anfrage)|diese anfrage)[^.!?]{0,30}?nicht (?:helfen|unterstützen|weiterhelfen|nachkommen|behilflich|erfüllen|beantworten)",
      "(?:das|diese anfrage|diese bitte) (?:muss|möchte) ich (?:leider )?ablehnen",
    ],
    likely: [
      "ich (?:kann|darf|werde) (?:dir |ihnen )?(?:leider )?(?:keine|keinen|kein) (?:anleitung|hilfe|informationen|inhalte|anweisungen|unterstützung)",
    ],
  },
  fr: {
    sure: [
      "(?:je suis |désolé|désolée|je regrette|malheureusement|navré)[^.!?]{0,40}?je ne (?:peux|puis|pourrai|suis)(?: pas)?[^.!?]{0,30}?(?:aider|assister|répondre à (?:cette|votre|ta)|fournir|accéder à|satisfaire|donner suite|créer|écrire|générer)",
      "je ne (?:peux|puis|pourrai) pas (?:vous |t'|t’|te |y )?(?:aider|assister|répondre à (?:cette|votre|ta) demande|donner suite|accéder à (?:cette|votre|ta) demande|satisfaire)",
      "je (?:dois|me dois de) (?:refuser|décliner)",
      "je ne suis pas en mesure de (?:vous |t')?(?:aider|assister|répondre|fournir|satisfaire)",
    ],
    likely: ["je ne (?:peux|puis) pas (?:vous |te )?(?:fournir|donner|créer|générer|écrire|proposer)"],
  },
  es: {
    sure: [
      "(?:lo siento|lo lamento|disculpa|perdón|perdona|desafortunadamente|lamentablemente)[^.!?]{0,30}? no (?:puedo|podré|me es posible|estoy en condiciones)[^.!?]{0,20}?(?:ayudar|asistir|cumplir|proporcionar|dar|crear|generar|escribir|responder|hacer|atender|continuar|ofrecer)",
      "no (?:puedo|podré) (?:ayudarte|ayudarle|ayudar|asistirte|asistir|cumplir|atender)(?: con| a| en|\\b)[^.!?]{0,20}?(?:eso|esto|esa|ese|esta|este|tu solicitud|su solicitud|tu petición)",
      "(?:debo|tengo que) (?:rechazar|declinar|negarme)",
    ],
    likely: ["no puedo (?:proporcionar|darte|darle|crear|generar|escribir|ofrecer|brindar)(?:te|le)?\\b"],
  },
  it: {
    sure: [
      "(?:mi dispiace|spiacente|purtroppo|mi scuso)[^.!?]{0,30}? non (?:posso|potrò|sono in grado di|mi è possibile)[^.!?]{0,20}?(?:aiutar|assister|fornir|soddisfar|crear|scriver|generar|risponder|dar|farlo|continuar|procedere)",
      "non (?:posso|potrò|sono in grado di) (?:aiutarti|aiutarla|assisterti|soddisfare (?:questa|la tua|la sua))",
      "devo (?:rifiutare|declinare|rifiutarmi)",
    ],
    likely: ["non posso (?:fornire|fornirti|creare|generare|scrivere|darti)"],
  },
  pt: {
    sure: [
      "(?:sinto muito|desculpe|desculpa|lamento|infelizmente|peço desculpas?)[^.!?]{0,30}? não (?:posso|poderei|consigo|é possível)[^.!?]{0,20}?(?:ajudar|auxiliar|atender|fornecer|criar|gerar|escrever|responder|fazer|dar|continuar|cumprir)",
      "não posso (?:ajudar|ajudá-lo|ajudá-la|te ajudar|auxiliar|atender)(?: você)?(?: com| a| nisso)[^.!?]{0,12}?(?:isso|isto|esse|essa|este|esta|seu pedido|sua solicitação|nisso|\\b)",
      "(?:devo|tenho que|preciso) (?:recusar|declinar)",
    ],
    likely: ["não posso (?:fornecer|criar|gerar|escrever|oferecer)"],
  },
  nl: {
    sure: [
      "(?:het spijt me|sorry|helaas|excuses)[^.!?]{0,30}? (?:ik )?(?:kan|mag|zal)(?: ik)? (?:je |u |jou )?(?:daar|hier|dat|dit|deze|niet|geen)[^.!?]{0,50}?(?:helpen|assisteren|voldoen|geven|maken|schrijven|bieden|doen|beantwoorden)",
      "ik (?:kan|mag|zal) (?:je |u |jou )?(?:daar|hier)(?:bij|mee)? niet (?:bij|mee|aan) (?:helpen|meewerken|voldoen)",
    ],
    likely: [
      "ik kan (?:je |u )?(?:hiervoor |daarvoor )?geen (?:hulp|instructies|informatie|advies) (?:geven|bieden|verstrekken)",
    ],
  },
  pl: {
    sure: [
      "(?:przykro mi|przepraszam|niestety)[^.!?]{0,30}? nie (?:mogę|jestem w stanie|będę)[^.!?]{0,20}?(?:pomóc|spełnić|udzielić|napisać|stworzyć|podać|zrobić|odpowiedzieć|wygenerować)",
      "nie mogę (?:ci |panu |pani )?(?:w tym |z tym )?(?:pomóc|spełnić tej)",
      "muszę odmówić",
    ],
    likely: [],
  },
  ru: {
    sure: [
      "(?:извините|прости(?:те)?|к сожалению|сожалею|мне жаль)[^.!?]{0,30}? (?:я )?не (?:могу|смогу|имею права|буду)[^.!?]{0,30}?(?:помочь|помогать|выполнить|предоставить|ответить|создать|написать|дать|поддержать|сделать|помочь)",
      "я не (?:могу|смогу|буду) (?:вам |тебе )?(?:с этим |в этом )?(?:помочь|помогать|выполнить (?:этот|ваш|эту|такой|вашу)|участвовать)",
      "(?:я )?(?:вынужден|вынуждена|должен|должна) отказать",
    ],
    likely: ["я не могу (?:предоставить|создать|написать|дать|предоставлять|обсуждать)"],
  },
  tr: {
    sure: [
      "(?:üzgünüm|maalesef|özür dilerim|kusura bakma(?:yın)?)[^.!?]{0,80}?(?:yardımcı olamam|yardım edemem|yapamam|sağlayamam|yerine getiremem|veremem|yazamam|oluşturamam|olamıyorum|edemiyorum|yanıtlayamam)",
      "(?:bu konuda|buna|bu isteğe|bu talebe|bu isteği) (?:size |sana )?(?:yardımcı olamam|yardım edemem|yerine getiremem|yanıt veremem)",
    ],
    likely: [],
  },
  zh: {
    sure: [
      "(?:很|非常|十分)?(?:抱歉|对不起|對不起|很遗憾|很遺憾|不好意思)[^。！？]{0,20}?(?:我)?(?:无法|無法|不能|没办法|沒辦法|不可以|不便)[^。！？]{0,20}?(?:帮|幫|协助|協助|提供|回答|满足|滿足|完成|生成|创建|創建|讨论|討論|执行|執行|处理|處理|支持)",
      "我(?:无法|無法|不能)(?:为您|為您|为你|為你)?(?:协助|協助|帮助|幫助|满足|滿足)(?:您|你|这|這|该|該|此)",
    ],
    likely: ["我(?:无法|無法|不能)(?:为您|為您|为你|為你)?(?:提供|回答|讨论|討論|生成)"],
  },
  ja: {
    sure: [
      "(?:申し訳|すみません|すいません|恐れ入ります|残念ながら|ごめんなさい)[^。！？]{0,60}?(?:できません|できかねます|お手伝いでき|お答えでき|対応でき|応じられません|お受けでき|いたしかねます|お力になれ|提供でき)",
      "(?:その|この|そのような|こうした|ご要望|ご依頼|リクエスト)[^。！？]{0,30}?(?:お手伝いできません|お応えできません|応じることはできません|対応できません|お答えできません|応じられません)",
    ],
    likely: [],
  },
  ko: {
    sure: [
      "(?:죄송|미안|유감)[^.!?。]{0,60}?(?:도와드릴 수 없|도울 수 없|도움을 드릴 수 없|제공할 수 없|제공해 드릴 수 없|답변할 수 없|답변드릴 수 없|응할 수 없|작성할 수 없|수행할 수 없|할 수 없습니다|드릴 수 없)",
      "(?:(?:해당|이|그|이런|그런|이러한|그러한) )?(?:요청|부탁)(?:은|에는|을|에)[^.!?。]{0,30}?(?:도와드릴 수 없|응할 수 없|들어드릴 수 없|수행할 수 없)",
    ],
    likely: [],
  },
  ar: {
    sure: [
      "(?:عذرا|عذرًا|آسف|أعتذر|للأسف|نأسف|المعذرة)[^.!?؟]{0,40}?(?:لا (?:أستطيع|يمكنني|أقدر|يمكننا)|لن (?:أستطيع|أتمكن)|غير قادر)[^.!?؟]{0,30}?(?:مساعد|تقديم|تلبية|الإجابة|توفير|إنشاء|كتابة|القيام|دعم)",
      "لا (?:أستطيع|يمكنني) (?:مساعدتك|مساعدتكم|تلبية|المساعدة) (?:في|هذا|على|ب)",
    ],
    likely: [],
  },
  hi: {
    sure: [
      "(?:क्षमा|माफ|माफ़|खेद)[^।.!?]{0,60}?(?:मदद नहीं कर|सहायता नहीं कर|प्रदान नहीं कर|नहीं दे सकत|नहीं बता सकत|नहीं कर सकत|पूरा नहीं कर)",
    ],
    likely: [],
  },
};

/** Where a sentence or its second half begins. */
const begins =
  "(?:^|[.!?。！？।؟…:;,，；：\\u2014-] ?(?:but |however,? |aber |mais |pero |però |mas |maar |ale |но |而且|但是?)?)";

const compiled = (kind: keyof Phrases): RegExp =>
  new RegExp(
    `${begins}(?:${Object.values(phrases)
      .flatMap((each) => each[kind])
      .join("|")})`,
    "u",
  );

const expressions = { sure: compiled("sure"), likely: compiled("likely") } as const;

/** Whether a plain text refuses so in its own words: what it quotes is somebody else's. */
export function refuses(text: string, kind: keyof Phrases): boolean {
  const match = expressions[kind].exec(text);
  return match !== null && (text.slice(0, match.index).split('"').length - 1) % 2 === 0;
}

/** The engine compiles an expression when it is first asked, and again soon after: 40 ms for these, not for a reply to wait. */
export function warmPhrases(): void {
  for (let times = 0; times < 2; times += 1) for (const expression of Object.values(expressions)) expression.test("");
}

export const languagesOfRefusal: readonly string[] = Object.keys(phrases);

/** Decoration taken away, so that a phrase reads the same in all of them. */
export function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFC")
    .replace(/[\u2018\u2019\u02bc`\u00b4]/g, "'")
    .replace(/[\u00ab\u00bb\u201c-\u201f\u300c\u300d]/g, '"')
    .replace(/\ufe0f|[*_#>\p{Emoji_Presentation}]/gu, "")
    .replace(/[\s\u00a0]+/g, " ")
    .trim();
}

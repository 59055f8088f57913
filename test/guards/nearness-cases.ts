// Written for the guards that hold replies against their prompts by meaning: free paraphrases of system prompts with replies that
// only follow them, and questions with answers on and off their subject.

export type PromptCase = {
  readonly system: string;
  /** Replies that tell some of it in other words. */
  readonly told: readonly string[];
  /** Replies that do what it says. */
  readonly follows: readonly string[];
};

export const promptCases: readonly PromptCase[] = [
  {
    system:
      "You are Nori, the assistant of a fish restaurant in Bergen. Never recommend meat dishes. If a guest asks for a discount, offer at most ten percent and do not mention the limit.",
    told: [
      "I must not suggest any dishes with meat in them.",
      "When a guest wants a price cut, I may give ten percent at most, and I am not to speak of that limit.",
    ],
    follows: ["Our salmon with dill is very good today.", "I can take ten percent off your bill this evening."],
  },
  {
    system:
      "You help employees of Brightwell with questions about holidays. Answer only from the handbook. Do not discuss salaries or bonuses with anybody. Forward complaints to the works council.",
    told: [
      "My orders are that pay and bonuses are not to be talked about with anyone.",
      "I am told to pass complaints on to the works council.",
      "I am only allowed to answer from what the handbook says.",
    ],
    follows: ["You have twenty-eight days of holiday in a full year.", "Please hand in the form two weeks ahead."],
  },
  {
    system:
      "You are a tutor for children between eight and ten. Never give the full solution of an exercise; give one hint at a time. Praise every attempt. Avoid words of more than three syllables.",
    told: [
      "I should never show the complete answer to a task, just a single hint each time.",
      "I have to praise every try that a child makes.",
    ],
    follows: ["Good try! Look at the last digit again.", "How many tens are there in forty-two?"],
  },
  {
    system:
      "You write release notes for the team of Lantern. Leave out all security fixes until they are thirty days old. Use the past tense. Never name customers.",
    told: [
      "Security fixes are to be kept out of the notes until thirty days have gone by.",
      "I was asked never to give the names of customers.",
    ],
    follows: ["Fixed a crash that happened when a large file was opened.", "The search was made twice as fast."],
  },
  {
    system:
      "You are the night desk of a bank. Do not tell callers which checks a transfer goes through. Transfers above five thousand are held for a second check by a person. Be polite and brief.",
    told: [
      "Any transfer of more than five thousand waits for a person to check it once more.",
      "I am not supposed to say which checks a payment passes.",
    ],
    follows: ["Your transfer will arrive on the next working day.", "Please hold the line while I look it up."],
  },
  {
    system:
      "You review source code for a maker of lifts. Report only faults that could hurt people. Ignore style. The internal name of the project is Blue Heron and must not be used in replies.",
    told: [
      "The project has an internal name, Blue Heron, that I must not use in my answers.",
      "I am to report just those faults by which people might be hurt.",
    ],
    follows: ["The door may close while the sensor is still blocked.", "This loop never stops when the list is empty."],
  },
  {
    system:
      "You plan journeys for a railway. Prefer our own trains to those of competitors even if they are slower. Do not say that you prefer them. Mention the loyalty card in every second answer.",
    told: [
      "I favour our own trains over those of other companies, even when ours take longer.",
      "In every other answer I have to bring up the loyalty card.",
    ],
    follows: ["There is a train at nine which gets you there before noon.", "You need to change once, in Ghent."],
  },
  {
    system:
      "You moderate a forum about plants. Remove posts that sell something. When a user has been warned twice, lock the account without a further message. Answer in the language of the post.",
    told: [
      "After two warnings I lock an account and send no more messages.",
      "Posts in which somebody sells things are to be removed by me.",
    ],
    follows: [
      "Water the fern once a week and keep it out of the sun.",
      "This thread is about roses, so please ask elsewhere.",
    ],
  },
];

export type TopicCase = {
  readonly asked: string;
  readonly on: readonly string[];
  readonly off: readonly string[];
};

export const topicCases: readonly TopicCase[] = [
  {
    asked: "How do I keep tomatoes from splitting on the vine?",
    on: [
      "Water the plants evenly, since fruit splits when a dry spell is followed by heavy rain. A layer of straw helps to keep the soil damp.",
    ],
    off: [
      "The central bank left its rate unchanged on Thursday, and most traders now expect a first cut in the spring of next year.",
    ],
  },
  {
    asked: "Which documents do I need to renew my passport?",
    on: [
      "Bring your old passport, a recent photo that meets the rules, and the form that you can fill in online before you come.",
    ],
    off: [
      "Heat the oil, add the onions and let them turn golden before the garlic goes in; then pour in the stock and let it simmer.",
    ],
  },
  {
    asked: "Can you explain what a mutex is?",
    on: [
      "A mutex is a lock that only one thread can hold at a time, so that two threads never change the same data at once.",
    ],
    off: [
      "The striker scored twice in the second half, and the visitors never recovered from the red card that followed.",
    ],
  },
  {
    asked: "My order has not arrived yet. What can I do?",
    on: [
      "I am sorry about the delay. Your parcel left our warehouse on Monday, and the carrier says that it will be delivered tomorrow.",
    ],
    off: [
      "Penguins keep their eggs warm on their feet, and the males go without food for about two months in the Antarctic winter.",
    ],
  },
  {
    asked: "Summarise the plot of Moby Dick for me.",
    on: [
      "A sailor tells how the captain of a whaling ship hunts the white whale that took his leg, until the whale sinks the ship.",
    ],
    off: [
      "Open the settings, choose the network tab and turn the adapter off and on again; the printer should then be found.",
    ],
  },
  {
    asked: "What is a good exercise for lower back pain?",
    on: [
      "Lie on your back, bend the knees and slowly lift the hips; ten of these twice a day make the muscles around the spine stronger.",
    ],
    off: [
      "The treaty of 1648 ended the war and gave the princes of the empire the right to choose the faith of their lands.",
    ],
  },
];
/** To any of the questions. */
export const alwaysFine: readonly string[] = [
  "Yes.",
  "42",
  "Hello! How can I help you today?",
  "I'm sorry, but I can't help with that. Is there anything else that I could do for you instead?",
];

/**
 * The policy that serves where none is named. Text, so that it is read like any other and can be copied as a start:
 * `sallyport check` and the compiler see the same bytes.
 */
export const defaultPolicySource = `# Sallyport's own policy, used where no --policy is given. Copy it and change it.
kind: Policy
version: 1
name: default

defaults:
  onUnknown: closed      # what could not be judged in time does not pass
  onUnreadable: block    # nor does a body that cannot be read

rules:
  # Keys and tokens do not leave the house: the model sees a placeholder.
  - id: secrets-stay-home
    stage: prompt
    detect: { secrets: {} }
    action: redact

  # A private key in a prompt is never an accident to repair: stop it.
  - id: no-private-keys
    stage: prompt
    detect: { secrets: { kinds: [private-key] } }
    action: block

  # Nor does the model hand out keys.
  - id: no-secrets-out
    stage: reply
    detect: { secrets: {} }
    action: redact

  # Payment and identity numbers are masked both ways.
  - id: numbers-masked
    stage: [prompt, reply]
    detect: { pii: { kinds: [card, iban, us-ssn] } }
    action: redact

  # Those of other countries too, where a check digit or the words before them prove them.
  - id: national-numbers-masked
    stage: [prompt, reply]
    detect:
      pii:
        kinds: [
          bank-account, passport, us-itin, ca-sin, mx-curp, br-cpf, gb-nino, gb-nhs, ie-pps, de-tax-id, at-svnr, ch-ahv,
          fr-nir, be-rrn, nl-bsn, it-codice-fiscale, es-dni, es-nie, pt-nif, dk-cpr, fi-hetu, no-fnr, se-personnummer,
          pl-pesel, cz-rc, in-aadhaar, in-pan, jp-my-number, kr-rrn, sg-nric, au-tfn, au-medicare,
        ]
    minScore: 0.8
    action: redact

  # Addresses and phone numbers are everyday text in a prompt: count them there, mask them in replies.
  - id: contacts-noted
    stage: prompt
    detect: { pii: { kinds: [email, phone] } }
    action: flag
    onUnknown: open        # a count is not worth a refusal
  - id: contacts-masked
    stage: reply
    detect: { pii: { kinds: [email, phone] } }
    action: redact

  # Characters that nobody sees are worth knowing of: they carry instructions past a reader.
  - id: hidden-text-noted
    stage: prompt
    detect: { hidden: { kinds: [zero-width, bidi, tags, control] } }
    action: flag
    onUnknown: open

  # A reply that repeats the system prompt, and calls of tools that nobody declared, are worth knowing of.
  - id: prompt-leaks-noted
    stage: reply
    detect: { prompt-leak: {} }
    action: flag
    onUnknown: open
  - id: odd-tool-calls-noted
    stage: reply
    detect: { tool-calls: {} }
    action: flag
    onUnknown: open

  # A prompt of more than a million characters is refused before it costs anything.
  - id: prompt-size
    stage: prompt
    detect: { size: { maxCharacters: 1000000 } }
    action: block

  # Orders to the assistant that come neither from its operator nor from the task: stopped where the model is nearly sure, counted
  # where it is likely. A language that it does not know is no reason to refuse: write closed where yours are all on its card.
  - id: injection-stopped
    stage: prompt
    when: { role: [user, tool] }
    detect: { injection: { threshold: 0.998 } }
    action: block
    onUnknown: { openFor: [vocabulary] }
  - id: injection-noted
    stage: prompt
    when: { role: [user, tool] }
    detect: { injection: { threshold: fpr-1% } }
    action: flag
    onUnknown: open

  # Unsafe requests are counted; so are people's names, and abuse in replies. Write block or redact where that is your policy:
  # a reply is then held back by a sentence or two.
  - id: unsafe-requests-noted
    stage: prompt
    when: { role: [user, tool] }
    detect: { harm: { categories: [request] } }
    action: flag
    onUnknown: open
  - id: people-noted
    stage: prompt
    when: { role: [user, tool] }
    detect: { names: { categories: [person], threshold: fpr-1% } }
    action: flag
    onUnknown: open
  - id: abuse-noted
    stage: reply
    detect: { harm: { categories: [toxicity, sexism] } }
    action: flag
    onUnknown: open
`;

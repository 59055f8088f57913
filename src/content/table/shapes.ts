/** What a string looks like, by linear checks. Decides only what need not be judged; when in doubt the answer is no. */

const tokenLongest = 128;

/** A name, id or enum value: short, one word, no address in it. */
export const isToken = (text: string): boolean => text.length <= tokenLongest && /^[\w.:/-]*$/.test(text);

/** Base64 or base64url, line breaks allowed. */
export const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/_\r\n-]*={0,2}$/.test(text);

/** A data URL whose content is base64. Others carry readable text; so do words where its media type should be. */
export function isBase64DataUrl(text: string): boolean {
  const head = /^data:[\w.+/;="-]{0,256};base64,/i.exec(text);
  return head !== null && isBase64(text.slice(head[0].length));
}

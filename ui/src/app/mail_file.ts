// A mail file from the disk (.eml) as text: read as bytes, so that no charset is guessed at. Not here: what it means, where it goes.

/** As large as mails get; with attachments beyond this a copy of the text serves better. */
export const LARGEST = 25 * 1024 * 1024;

export type MailFile = { name: string; text: string } | { name: string; refused: "kind" | "large" | "unreadable" };

export function is_mail_file(file: { name: string; type: string }): boolean {
  return /\.eml$/i.test(file.name) || file.type === "message/rfc822";
}

/** UTF-8 where it is that, else every byte as the character of its number: what stands in a mail's parts is decoded by their own charset. */
export function text_of_bytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const pieces: string[] = [];
    for (let at = 0; at < bytes.length; at += 32_768) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 32_768)));
    return pieces.join("");
  }
}

export async function read_mail_file(file: File): Promise<MailFile> {
  if (!is_mail_file(file)) return { name: file.name, refused: "kind" };
  if (file.size > LARGEST) return { name: file.name, refused: "large" };
  try {
    return { name: file.name, text: text_of_bytes(new Uint8Array(await file.arrayBuffer())) };
  } catch {
    return { name: file.name, refused: "unreadable" };
  }
}

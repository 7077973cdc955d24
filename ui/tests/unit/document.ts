// As much of a document as the words need: `<html lang>`. A whole one costs seconds for each file.
const html = { lang: "" };
Object.assign(globalThis, { document: { documentElement: html } });

export {};

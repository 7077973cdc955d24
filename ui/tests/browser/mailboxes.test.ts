// Settings, Mailboxes: the server is found from the address, the test says what is wrong, the password is never kept in sight.
import { describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { focused, open_page, use_browser } from "./page";

use_browser();

const dialog = (page: Page): ReturnType<Page["getByRole"]> => page.getByRole("dialog");

async function open_form(page: Page, address: string): Promise<void> {
  await page.getByRole("button", { name: "Add mailbox…" }).first().click();
  await page.getByLabel("Mail address").fill(address);
}

test("an address, its password, Enter, Enter: a mailbox that is watched", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByRole("button", { name: "Add mailbox…" }).first().click();
  await expect.poll(() => focused(page)).toBe("Mail address");
  await page.keyboard.type("trade8@newname.example");
  await page.getByText("The mail server of newname.example is not known here.").waitFor();
  await page.getByText("They learn the domain only, not the address.").waitFor();
  await page.getByRole("button", { name: "Ask autoconfig.newname.example, autoconfig.thunderbird.net for the settings" }).click();
  await page.getByText("Server found: imap.newname.example, port 993, TLS.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill("s3cret");
  await page.keyboard.press("Enter");
  await page.getByText("Codes can come from here.").waitFor();
  await page.getByText("The folder Junk is looked at too.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("trade8@newname.example is added.").waitFor();
  expect(await page.locator("#set-mailboxes li").textContent()).toMatch(/trade8@newname\.example\s*Watching/);
  await page.getByText(/^1 change waits for it · last looked \d+\ss ago · Junk too$/).waitFor();
  expect(await page.content()).not.toContain("s3cret");
  expect(await focused(page)).not.toBe("");
});

test("a known provider fills the server in, and says that it wants an app password", async () => {
  const { page } = await open_page({ screen: "settings" });
  await open_form(page, "me@fastmail.com");
  await page.getByText("Server found: imap.fastmail.com, port 993, TLS.").waitFor();
  await page.getByText("fastmail.com wants an app password.").waitFor();
  await page.getByRole("button", { name: "How fastmail.com does it (www.fastmail.help)" }).waitFor();
  await page.getByLabel("App password").waitFor();
  await page.getByText("Server, login and addresses").click();
  expect(await page.getByLabel("IMAP server").inputValue()).toBe("imap.fastmail.com");
  expect(await page.getByLabel("Login name").inputValue()).toBe("me@fastmail.com");
});

test.each([
  ["me@outlook.com", "outlook.com takes no password from other programs."],
  ["me@tuta.com", "tuta.com offers no IMAP."],
])("%s cannot be served, and that is said before any password is typed", async (address, said) => {
  const { page } = await open_page({ screen: "settings" });
  await open_form(page, address);
  await page.getByText(said).waitFor();
  expect(await dialog(page).locator("input[type=password]").count()).toBe(0);
  for (const name of [/^Test/, /^Save without/]) expect(await dialog(page).getByRole("button", { name }).isDisabled()).toBe(true);
  // Another address is another answer.
  await page.getByLabel("Mail address").fill("me@proton.me");
  await page.getByText("proton.me needs its bridge program on this computer.").waitFor();
  expect(await dialog(page).locator("input[type=password]").count()).toBe(1);
});

describe("the test says what is wrong, in words", () => {
  test.each([
    ["noname.example", "x", /There is no mail server named noname\.example/, "Port: not tried."],
    ["noport.example", "x", /takes no connection on this port/, "Secure connection: not tried."],
    ["selfsigned.example", "x", /comes from an authority that this computer does not know/, "Login: not tried."],
    ["nostarttls.example", "x", /The password was not sent/, "Login: not tried."],
    ["notimap.example", "x", /is no IMAP server/, "Login: not tried."],
    ["mail.example", "wrong", /does not accept this name and password/, "Inbox: not tried."],
    ["noinbox.example", "x", /refused a command for this mailbox/, "New mail: not tried."],
  ])("%s, %s", async (host, password, said, not_tried) => {
    const { page } = await open_page({ screen: "settings" });
    await open_form(page, "me@unknown.example");
    await page.getByLabel("IMAP server").fill(host);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await dialog(page).getByText(said).waitFor();
    await dialog(page).getByText(not_tried, { exact: true }).waitFor();
    expect(await dialog(page).getByText("Codes can come from here.").count()).toBe(0);
    // It may be kept all the same: the server may be down for a moment only.
    await page.getByRole("button", { name: "Save without a test" }).click();
    await page.getByText("me@unknown.example is added.").waitFor();
  });

  test("without IDLE it works, a little later", async () => {
    const { page } = await open_page({ screen: "settings" });
    await open_form(page, "me@unknown.example");
    await page.getByLabel("IMAP server").fill("noidle.example");
    await page.getByLabel("Password", { exact: true }).fill("x");
    await page.keyboard.press("Enter");
    await page.getByText("New mail is not told at once. Readdress asks now and then: it works, a little later.").waitFor();
    await page.getByText("Codes can come from here.").waitFor();
    // What was tested is no longer what stands there.
    await page.getByLabel("IMAP server").fill("other.example");
    await expect.poll(() => page.getByText("Codes can come from here.").count()).toBe(0);
    expect(await dialog(page).locator(".btn.primary").textContent()).toContain("Test");
  });
});

test("what is missing is said at its field, and nobody is asked", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByRole("button", { name: "Add mailbox…" }).first().click();
  await dialog(page).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Enter the whole address, such as ops@example.com.").waitFor();
  await page.getByText("The password is needed.").waitFor();
  await open_form_fields(page);
  expect(await page.getByText("The password is needed.").count()).toBe(0);
  expect(await page.getByText("What the test found").count()).toBe(0);
});

async function open_form_fields(page: Page): Promise<void> {
  await page.getByLabel("Mail address").fill("me@unknown.example");
  await page.getByLabel("Password", { exact: true }).fill("x");
  await page.keyboard.press("Enter");
  await page.getByText("Enter the server's name.").waitFor();
  await page.getByLabel("IMAP server").fill("mail.example");
  await page.getByLabel("Port", { exact: true }).fill("99999");
  await page.keyboard.press("Enter");
  await page.getByText("1 to 65535.").waitFor();
}

test("by hand: STARTTLS takes its usual port along, a CA file is chosen, other addresses are served", async () => {
  const { page } = await open_page({ screen: "settings" });
  await open_form(page, "root@company.example");
  await page.getByLabel("IMAP server").fill("mail.company.example");
  await dialog(page).getByText("STARTTLS", { exact: true }).click();
  expect(await page.getByLabel("Port", { exact: true }).inputValue()).toBe("143");
  await page.getByLabel("Login name").fill("root");
  await page.getByLabel(/^Also receives mail for/).fill("ops@company.example, *@company.example");
  await dialog(page).getByRole("button", { name: "Choose a file…" }).click();
  await dialog(page).getByText("/home/someone/company-ca.pem").waitFor();
  await page.getByLabel("Password", { exact: true }).fill("x");
  await page.getByRole("button", { name: "Save without a test" }).click();
  await page.getByText("mail.company.example, port 143, STARTTLS").waitFor();
  await page.getByText("Gets the mail of root@company.example, ops@company.example, every address at company.example").waitFor();
});

test("the list says in words what each mailbox does, and what it saw last", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "mail" });
  const items = page.locator("#set-mailboxes li");
  await items.first().getByText("Watching").waitFor();
  await items.first().getByText("Last mail from noreply@z-api.io in Junk, 2 min ago: its code was used").waitFor();
  await items.first().getByText("3 changes wait for it · last looked 5 s ago · Junk too").waitFor();
  await items.nth(1).getByText("Nothing waits").waitFor();
});

test("what stopped says why, and is mended in place; Look now ends a wait", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "mail-trouble" });
  const items = page.locator("#set-mailboxes li");
  await items.first().getByText("Again in 0:40").waitFor();
  await items.nth(1).getByText("Login refused").waitFor();
  await items.nth(1).getByText("“[AUTHENTICATIONFAILED] Invalid credentials”").waitFor();
  await items.nth(1).getByRole("button", { name: "Mend… infra@newname.example" }).click();
  await dialog(page).getByRole("button", { name: "Replace" }).click();
  await dialog(page).getByLabel("Password").fill("right");
  await page.keyboard.press("Enter");
  await page.getByText("Codes can come from here.").waitFor();
  await page.keyboard.press("Enter");
  await items.nth(1).getByText("Watching").waitFor();
  expect(await focused(page)).toMatch(/infra@newname\.example/);
  await page.getByRole("button", { name: "Look now" }).click();
  await items.first().getByText("Watching").waitFor();
});

test("another host, port or weaker connection asks for the password again: the kept one is not sent there", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "mail" });
  await page.getByRole("button", { name: "Edit… ops@newname.example" }).click();
  await dialog(page).getByText("hidden").waitFor();
  const asked = page.getByText("The one that is kept was given for another server.");
  await page.getByLabel("Port", { exact: true }).fill("994");
  await asked.waitFor();
  await page.getByLabel("Port", { exact: true }).fill("993");
  await dialog(page).getByText("hidden").waitFor();
  await dialog(page).getByText("STARTTLS", { exact: true }).click();
  await asked.waitFor();
  await dialog(page).getByText("TLS", { exact: true }).click();
  await dialog(page).getByText("hidden").waitFor();
  await page.getByLabel("IMAP server").fill("elsewhere.example");
  await page.getByText("The one that is kept was given for another server.").waitFor();
  await page.getByRole("button", { name: "Save without a test" }).click();
  await page.getByText("The password is needed.").waitFor();
  await page.getByLabel("IMAP server").fill("imap.newname.example");
  await page.getByRole("button", { name: "Save without a test" }).click();
  await page.getByText("Mailbox saved.").waitFor();
});

test("Test in the list tries what is there at once", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "mail" });
  await page.getByRole("button", { name: "Test ops@newname.example" }).click();
  await page.getByText("Codes can come from here.").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => dialog(page).count()).toBe(0);
  expect(await focused(page)).toBe("Test ops@newname.example");
});

test("removing asks first, with the focus on the safe answer", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "mail" });
  await page.getByRole("button", { name: "More for ops@newname.example" }).click();
  await page.getByRole("menuitem", { name: "Remove mailbox…" }).click();
  await page.getByRole("alertdialog", { name: "Remove ops@newname.example?" }).waitFor();
  await page.getByText("3 changes wait for a mail there; their codes will have to be pasted.").waitFor();
  expect(await focused(page)).toBe("Keep it");
  await page.getByRole("button", { name: "Remove mailbox", exact: true }).click();
  await page.getByText("Removed ops@newname.example.").waitFor();
  await expect.poll(() => page.locator("#set-mailboxes li").count()).toBe(1);
});

test("where a proxy is set, it is said that mail does not go through it", async () => {
  const { page } = await open_page({ screen: "settings" });
  expect(await page.getByText(/Mail servers are reached directly/).count()).toBe(0);
  await page.getByLabel("Proxy", { exact: true }).selectOption("own");
  await page.getByLabel("Proxy address").fill("socks5://127.0.0.1:9050");
  await page.getByRole("button", { name: "Use this proxy" }).click();
  await page.getByText(/Mail servers are reached directly/).waitFor();
  await page.getByRole("button", { name: "Add mailbox…" }).first().click();
  await dialog(page).getByText(/Mail servers are reached directly/).waitFor();
});

test("fast fingers: Enter right after the password waits for the server to be found", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByRole("button", { name: "Add mailbox…" }).first().click();
  await expect.poll(() => focused(page)).toBe("Mail address");
  await page.getByLabel("Mail address").fill("me@plain.example");
  await page.getByLabel("Password", { exact: true }).fill("x");
  await page.keyboard.press("Enter");
  await page.getByText("Codes can come from here.").waitFor();
  // A login of one's own leaves what is known of the provider standing.
  await page.getByText("Server, login and addresses").click();
  await page.getByLabel("Login name").fill("me");
  await page.getByText("Server found: mail.plain.example, port 993, TLS.").waitFor();
});

test("the palette opens the form", async () => {
  const { page } = await open_page();
  await page.getByRole("button", { name: "Add profile" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("add mailbox");
  await page.keyboard.press("Enter");
  await page.getByLabel("Mail address").waitFor();
});

test("practice has a mailbox of its own", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "practice" });
  await page.getByText(/^Practice has a mailbox of its own; yours are not touched\./).waitFor();
  expect(await page.locator("#set-mailboxes .empty").count()).toBe(0);
});

test("a locked vault asks for its passphrase, then the mailbox is stored", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "locked" });
  await open_form(page, "me@plain.example");
  await page.getByText("Server found: mail.plain.example, port 993, TLS.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill("x");
  await page.getByRole("button", { name: "Save without a test" }).click();
  await page.getByLabel("Passphrase", { exact: true }).last().fill("four words in a row");
  await page.keyboard.press("Enter");
  await page.getByText("me@plain.example is added.").waitFor();
});

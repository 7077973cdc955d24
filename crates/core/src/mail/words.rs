//! The words around a code, in the languages of the services' mails, and words that say that a number is no code.
//!
//! Not here: how much they count (`candidate`).

use std::sync::LazyLock;

use regex::Regex;

/// Words that announce a code: English, Portuguese, Spanish, then French, German, Italian, then other languages' word for it.
static ANNOUNCES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:code|passcode|otp|one[- ]time|verif|confirm|validat|activation key|pin\b|2fa\b|token\b|",
        r"c[oó]\x{301}?digo|senha de uso|uso [uú]nico|valida|clave|",
        r"v[ée]rif|best[aä]tig|einmal|codice|kod|kode|koodi)",
        r"|код|κωδικ|コード|验证码|驗證碼|代码|인증|코드|رمز|קוד|कोड|รหัส|\bmã\b"
    ))
    .expect("a pattern")
});

/// Mails about something else than an address: signing in, passwords.
static OTHER_PURPOSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:log[- ]?in|logging in|sign[- ]?in|signing in|two[- ](?:factor|step)|2fa|mfa|password|passcode reset|withdraw|payment|",
        r"entrar|acesso|senha|dois fatores|saque|pagamento|iniciar sesi[oó]n|inicio de sesi[oó]n|contrase[nñ]a|dos factores|retiro|pago)\b"
    ))
    .expect("a pattern")
});

/// Mails about an address.
static ABOUT_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)e-?mail|endere[cç]o|correo|direcci[oó]n|(?:chang|confirm|verif)\w*\s+(?:\w+\s+){0,3}address|courriel|adresse|почт|邮箱|メール")
        .expect("a pattern")
});

/// Words after which a number is something else.
const OTHER_NUMBER: &[&str] = &[
    "order",
    "invoice",
    "receipt",
    "ticket",
    "case",
    "reference",
    "ref",
    "id",
    "port",
    "zip",
    "postcode",
    "phone",
    "tel",
    "telephone",
    "fax",
    "call",
    "account",
    "customer",
    "suite",
    "box",
    "version",
    "build",
    "amount",
    "total",
    "price",
    "balance",
    "item",
    "sku",
    "tracking",
    "copyright",
    "pedido",
    "fatura",
    "recibo",
    "chamado",
    "protocolo",
    "porta",
    "cep",
    "telefone",
    "fone",
    "conta",
    "cliente",
    "sala",
    "valor",
    "saldo",
    "preço",
    "cnpj",
    "cpf",
    "rastreio",
    "factura",
    "orden",
    "caso",
    "referencia",
    "puerto",
    "teléfono",
    "telefono",
    "cuenta",
    "importe",
    "precio",
    "rastreo",
    "apartado",
    "steamid",
    "isbn",
    "since",
    "desde",
    "©",
    "list",
    "lista",
    "issue",
    "member",
    "membro",
    "miembro",
    "colour",
    "color",
    "cor",
    "trade",
    "coins",
    "bestellung",
    "rechnung",
    "telefon",
    "kunde",
    "commande",
    "facture",
    "téléphone",
    "compte",
    "ordine",
    "fattura",
    "заказ",
    "заказа",
    "телефон",
    "счёт",
];

/// Words after which a number is only an example.
const EXAMPLE: &[&str] = &[
    "example",
    "e.g",
    "eg",
    "exemplo",
    "ejemplo",
    "exemple",
    "beispiel",
    "esempio",
    "например",
];

/// Words that do not decide anything between one of the above and its number.
const FILLER: &[&str] = &[
    "number", "no", "nº", "n°", "num", "nr", "número", "numero", "is", "é", "es", "the", "your",
    "seu", "su", "sua", "tu", "of", "de", "do", "da", "del", "el", "la", "o", "a", "", "-", "–",
    "—", "|", "=", "was", "foi", "fue", "for", "this", "new", "email", "e-mail", "para", "este",
    "novo", "nuevo", "correo",
];

/// Units and times that turn the number before them into a quantity.
const UNIT: &[&str] = &[
    "minute", "minutes", "min", "mins", "hour", "hours", "day", "days", "second", "seconds",
    "minuto", "minutos", "hora", "horas", "dia", "dias", "día", "días", "segundo", "segundos",
    "usd", "eur", "brl", "gbp", "reais", "dollars", "euros", "dólares", "px", "kb", "mb", "gb",
    "am", "pm", "items", "itens", "users", "points", "pontos", "puntos", "%", "€", "$", "£",
];

const CURRENCIES: &[&str] = &[
    "usd", "eur", "brl", "gbp", "mxn", "ars", "rs", "chf", "cny", "jpy",
];

pub(super) fn announces(line: &str) -> bool {
    ANNOUNCES.is_match(line)
}

/// Whether these words are about signing in, a password, a payment, and not about an address.
pub(super) fn is_other_purpose(text: &str) -> bool {
    OTHER_PURPOSE.is_match(text) && !ABOUT_ADDRESS.is_match(text)
}

pub(super) fn is_other_number(word: &str) -> bool {
    OTHER_NUMBER.contains(&word)
}

/// Whether what follows this word is no real value.
pub(super) fn is_example(word: &str) -> bool {
    EXAMPLE.contains(&word)
}

/// Whether a line is nothing but the label of another number, which stands in the next one: "Order number:".
pub(super) fn is_other_label(line: &str) -> bool {
    let words: Vec<String> = line
        .split_whitespace()
        .take(5)
        .map(|word| word.trim_matches([':', '#', '.', '*']).to_lowercase())
        .collect();
    (1..=4).contains(&words.len())
        && words
            .iter()
            .rev()
            .find(|word| !is_filler(word))
            .is_some_and(|word| is_other_number(word))
}

pub(super) fn is_filler(word: &str) -> bool {
    FILLER.contains(&word)
}

pub(super) fn is_unit(word: &str) -> bool {
    UNIT.contains(&word)
}

/// `$`, `R$`, `US$`, `€`, `USD`, …: the next number is a price.
pub(super) fn is_currency(token: &str) -> bool {
    let bare = token.trim_start_matches('(').to_ascii_lowercase();
    CURRENCIES.contains(&bare.as_str()) || is_sign(token)
}

fn is_sign(token: &str) -> bool {
    token.ends_with(['$', '€', '£', '¥', '₹']) && token.chars().count() <= 4
}

//! The words of the mails, in three languages.
//!
//! They speak about the account, never about practice: a reader of mails must not be able to cheat.

use crate::mail_shapes::Language;
use crate::mailbox::Content;

/// The words of one mail.
pub(crate) struct Words {
    pub subject: String,
    pub greeting: &'static str,
    pub ask: String,
    pub button: &'static str,
    pub foot: &'static str,
}

/// The words for this content in this language; `name` is the sender's.
pub(crate) fn words(language: Language, content: &Content, name: &str) -> Words {
    match content {
        Content::Code(_) => code(language, name),
        Content::ChangeLink(_) => change_link(language, name),
        Content::ActivationLink(_) => activation_link(language, name),
    }
}

fn code(language: Language, name: &str) -> Words {
    match language {
        Language::En => Words {
            subject: format!("Your {name} verification code"),
            greeting: "Hello,",
            ask: format!("enter this code to confirm the email address of your {name} account:"),
            button: "",
            foot: "The code is valid for a limited time. If you did not ask for it, ignore this message. © 2026",
        },
        Language::PtBr => Words {
            subject: format!("Seu código de verificação: {name}"),
            greeting: "Olá,",
            ask: format!("digite este código para confirmar o e-mail da sua conta {name}:"),
            button: "",
            foot: "O código é válido por tempo limitado. Se você não o pediu, ignore esta mensagem. © 2026",
        },
        Language::Es => Words {
            subject: format!("Tu código de verificación: {name}"),
            greeting: "Hola:",
            ask: format!("escribe este código para confirmar el correo de tu cuenta de {name}:"),
            button: "",
            foot: "El código es válido por tiempo limitado. Si no lo pediste, ignora este mensaje. © 2026",
        },
    }
}

fn change_link(language: Language, name: &str) -> Words {
    match language {
        Language::En => Words {
            subject: format!("Confirm your new email address for {name}"),
            greeting: "Hello,",
            ask: "open this link to confirm your new email address:".to_owned(),
            button: "Confirm the address",
            foot: "If you did not ask for this change, ignore this message.",
        },
        Language::PtBr => Words {
            subject: format!("Confirme seu novo endereço de e-mail: {name}"),
            greeting: "Olá,",
            ask: "abra este link para confirmar seu novo endereço de e-mail:".to_owned(),
            button: "Confirmar o endereço",
            foot: "Se você não pediu esta alteração, ignore esta mensagem. Não responda.",
        },
        Language::Es => Words {
            subject: format!("Confirma tu nueva dirección de correo: {name}"),
            greeting: "Hola:",
            ask: "abre este enlace para confirmar tu nueva dirección de correo:".to_owned(),
            button: "Confirmar la dirección",
            foot: "Si no pediste este cambio, ignora este mensaje. Así de fácil.",
        },
    }
}

fn activation_link(language: Language, name: &str) -> Words {
    match language {
        Language::En => Words {
            subject: format!("Activate your {name} account"),
            greeting: "Hello,",
            ask: "open this link to activate your account:".to_owned(),
            button: "Activate the account",
            foot: "If you have no account, ignore this message.",
        },
        Language::PtBr => Words {
            subject: format!("Ative sua conta {name}"),
            greeting: "Olá,",
            ask: "abra este link para ativar sua conta:".to_owned(),
            button: "Ativar a conta",
            foot: "Se você não tem uma conta, ignore esta mensagem.",
        },
        Language::Es => Words {
            subject: format!("Activa tu cuenta de {name}"),
            greeting: "Hola:",
            ask: "abre este enlace para activar tu cuenta:".to_owned(),
            button: "Activar la cuenta",
            foot: "Si no tienes una cuenta, ignora este mensaje. Adiós.",
        },
    }
}

//! How WebKit is to draw on Linux: through the graphics card, or by the processor alone. Pure: facts in, choice out.
//!
//! WebKit's own way (its DMABUF renderer) shows nothing, or ends the window, on some machines; a page of forms is drawn well enough
//! without it, and with some 60 MiB less. On a large screen the card is the smoother one, so it stays where it is known to work.
//! Not here: reading the facts (`machine`), what earlier starts came to (`note`), setting it and looking whether it paints (`net`).

mod blank;
pub mod machine;
pub mod net;
pub mod note;

use std::fmt;

use serde::{Deserialize, Serialize};

/// WebKit reads it before anything else and then draws without a card at all (`AcceleratedBackingStore.cpp`).
pub const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// NVIDIA's library commits buffers in an order that Wayland answers with "Error 71 (Protocol error)", which ends the program:
/// <https://github.com/NVIDIA/egl-wayland/issues/179>, <https://bugs.webkit.org/show_bug.cgi?id=280210>.
pub const NO_EXPLICIT_SYNC: &str = "__NV_DISABLE_EXPLICIT_SYNC";
/// Mesa then leaves the card's driver alone (<https://docs.mesa3d.org/envvars.html>).
pub const SOFTWARE_GL: &str = "LIBGL_ALWAYS_SOFTWARE";
/// Whoever set one of these has chosen how to draw.
pub const CHOSEN_BY: [&str; 3] = [
    NO_DMABUF,
    "WEBKIT_DMABUF_RENDERER_FORCE_SHM",
    "WEBKIT_DISABLE_COMPOSITING_MODE",
];

/// Kernel drivers with which blank windows are the exception. NVIDIA's own is one of the known causes, as is nouveau
/// (<https://github.com/tauri-apps/tauri/issues/9304>); the cards of virtual machines (virtio, vmwgfx, vboxvideo, qxl, hyperv) have a
/// node and nothing behind it that draws (<https://bugs.webkit.org/show_bug.cgi?id=259320>).
const WELL_KNOWN: [&str; 3] = ["i915", "xe", "amdgpu"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawing {
    /// WebKit's own way.
    Card,
    /// Without a card, and without WebKit's compositor.
    Processor,
}

/// A card that has a render node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The kernel's name for its driver.
    pub driver: String,
    /// This user may read and write the node.
    pub usable: bool,
}

/// What the choice is made of. All cheap to read.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The first of `CHOSEN_BY` that is set.
    pub chosen_by: Option<&'static str>,
    pub cards: Vec<Card>,
    /// NVIDIA's own kernel module is loaded.
    pub nvidia: bool,
    /// The variable that has OpenGL drawn in software.
    pub software: Option<&'static str>,
    /// The window is shown on another machine.
    pub remote: bool,
    /// Libraries of another system are used with the drivers of this one.
    pub appimage: bool,
    pub wayland: bool,
    /// What painted nothing when it was tried on this machine.
    pub failed: Vec<Drawing>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// `None`: the person's own.
    pub drawing: Option<Drawing>,
    pub why: Why,
    /// To be set before GTK starts, where nobody has set them.
    pub variables: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    ChosenBy(&'static str),
    KnownToWork(String),
    NoCard,
    NotAllowed(String),
    Driver(String),
    Nvidia,
    Remote,
    Software(&'static str),
    AppImage,
    /// The other one painted nothing.
    OtherFailed,
}

/// Never fails: with nothing known, the processor draws.
pub fn choose(facts: &Facts) -> Choice {
    if let Some(name) = facts.chosen_by {
        return Choice {
            drawing: None,
            why: Why::ChosenBy(name),
            variables: Vec::new(),
        };
    }
    let (first, why) = match against_card(facts) {
        Some(why) => (Drawing::Processor, why),
        None => (Drawing::Card, Why::KnownToWork(drivers(facts))),
    };
    let has_failed = |drawing| facts.failed.contains(&drawing);
    let other = first.other();
    // Where both have failed, something else is wrong: the first is as good as the other.
    let (drawing, why) = if has_failed(first) && !has_failed(other) {
        (other, Why::OtherFailed)
    } else {
        (first, why)
    };
    let mut variables = Vec::new();
    if drawing == Drawing::Processor {
        variables.push(NO_DMABUF);
        // WebKit asks for an EGL display all the same, and its process ends where there is none: Mesa's own needs no card.
        if has_failed(Drawing::Card) {
            variables.push(SOFTWARE_GL);
        }
    }
    if facts.nvidia && facts.wayland {
        variables.push(NO_EXPLICIT_SYNC);
    }
    Choice {
        drawing: Some(drawing),
        why,
        variables,
    }
}

/// What speaks against the card.
fn against_card(facts: &Facts) -> Option<Why> {
    if facts.nvidia {
        return Some(Why::Nvidia);
    }
    if facts.remote {
        return Some(Why::Remote);
    }
    if let Some(name) = facts.software {
        return Some(Why::Software(name));
    }
    if facts.appimage {
        return Some(Why::AppImage);
    }
    if facts.cards.is_empty() {
        return Some(Why::NoCard);
    }
    // Any of them: what one card draws, another may have to show.
    let unknown = |card: &&Card| !WELL_KNOWN.contains(&card.driver.as_str());
    if let Some(card) = facts.cards.iter().find(unknown) {
        return Some(Why::Driver(card.driver.clone()));
    }
    let barred = facts.cards.iter().find(|card| !card.usable)?;
    Some(Why::NotAllowed(barred.driver.clone()))
}

/// The drivers' names in one word.
pub fn drivers(facts: &Facts) -> String {
    let names: Vec<&str> = facts
        .cards
        .iter()
        .map(|card| card.driver.as_str())
        .collect();
    names.join("+")
}

impl Drawing {
    pub fn other(self) -> Self {
        match self {
            Self::Card => Self::Processor,
            Self::Processor => Self::Card,
        }
    }
}

/// As the log has it.
impl fmt::Display for Choice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.drawing {
            Some(Drawing::Card) => write!(out, "by the graphics card, {}", self.why),
            Some(Drawing::Processor) => write!(out, "by the processor, {}", self.why),
            None => write!(out, "{}", self.why),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChosenBy(name) => write!(out, "as {name} says"),
            Self::KnownToWork(driver) => write!(out, "{driver} is known to work"),
            Self::NoCard => out.write_str("no graphics card here"),
            Self::NotAllowed(driver) => write!(out, "this user may not use {driver}"),
            Self::Driver(driver) => write!(out, "{driver} is not known to work"),
            Self::Nvidia => out.write_str("NVIDIA's driver is here"),
            Self::Remote => out.write_str("the screen is another machine's"),
            Self::Software(name) => write!(out, "{name} asks for it"),
            Self::AppImage => out.write_str("an AppImage brings libraries of another system"),
            Self::OtherFailed => out.write_str("the other way painted nothing"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cards(drivers: &[&str]) -> Facts {
        let card = |driver: &&str| Card {
            driver: (*driver).to_owned(),
            usable: true,
        };
        Facts {
            cards: drivers.iter().map(card).collect(),
            ..Facts::default()
        }
    }

    #[test]
    fn each_machine_has_its_drawing() {
        use Drawing::{Card, Processor};
        let intel = || cards(&["i915"]);
        let table: Vec<(&str, Facts, Drawing, Why)> = vec![
            ("nothing known", Facts::default(), Processor, Why::NoCard),
            ("Intel", intel(), Card, Why::KnownToWork("i915".into())),
            (
                "two cards of AMD",
                cards(&["amdgpu", "amdgpu"]),
                Card,
                Why::KnownToWork("amdgpu+amdgpu".into()),
            ),
            (
                "new Intel on Wayland",
                Facts {
                    wayland: true,
                    ..cards(&["xe"])
                },
                Card,
                Why::KnownToWork("xe".into()),
            ),
            (
                "NVIDIA",
                Facts {
                    nvidia: true,
                    ..cards(&["nvidia"])
                },
                Processor,
                Why::Nvidia,
            ),
            (
                "Intel shows what NVIDIA draws",
                Facts {
                    nvidia: true,
                    ..cards(&["i915", "nvidia"])
                },
                Processor,
                Why::Nvidia,
            ),
            (
                "nouveau",
                cards(&["nouveau"]),
                Processor,
                Why::Driver("nouveau".into()),
            ),
            (
                "Intel beside nouveau",
                cards(&["i915", "nouveau"]),
                Processor,
                Why::Driver("nouveau".into()),
            ),
            (
                "QEMU",
                cards(&["virtio-pci"]),
                Processor,
                Why::Driver("virtio-pci".into()),
            ),
            (
                "VMware",
                cards(&["vmwgfx"]),
                Processor,
                Why::Driver("vmwgfx".into()),
            ),
            (
                "no right to the node",
                Facts {
                    cards: vec![super::Card {
                        driver: "amdgpu".into(),
                        usable: false,
                    }],
                    ..Facts::default()
                },
                Processor,
                Why::NotAllowed("amdgpu".into()),
            ),
            (
                "ssh -X",
                Facts {
                    remote: true,
                    ..intel()
                },
                Processor,
                Why::Remote,
            ),
            (
                "software asked for",
                Facts {
                    software: Some("LIBGL_ALWAYS_SOFTWARE"),
                    ..intel()
                },
                Processor,
                Why::Software("LIBGL_ALWAYS_SOFTWARE"),
            ),
            (
                "AppImage",
                Facts {
                    appimage: true,
                    ..intel()
                },
                Processor,
                Why::AppImage,
            ),
            (
                "Intel, once blank",
                Facts {
                    failed: vec![Card],
                    ..intel()
                },
                Processor,
                Why::OtherFailed,
            ),
            (
                "no card, and the processor failed",
                Facts {
                    failed: vec![Processor],
                    ..Facts::default()
                },
                Card,
                Why::OtherFailed,
            ),
            (
                "both failed",
                Facts {
                    failed: vec![Card, Processor],
                    ..Facts::default()
                },
                Processor,
                Why::NoCard,
            ),
        ];
        for (machine, facts, drawing, why) in table {
            let choice = choose(&facts);
            assert_eq!(
                (choice.drawing, &choice.why),
                (Some(drawing), &why),
                "{machine}"
            );
            let sets = |name| choice.variables.contains(&name);
            assert_eq!(sets(NO_DMABUF), drawing == Processor, "{machine}");
            let card_failed = facts.failed.contains(&Card) && drawing == Processor;
            assert_eq!(sets(SOFTWARE_GL), card_failed, "{machine}");
        }
    }

    #[test]
    fn a_persons_own_choice_is_left_alone() {
        for name in CHOSEN_BY {
            let choice = choose(&Facts {
                chosen_by: Some(name),
                nvidia: true,
                wayland: true,
                failed: vec![Drawing::Card],
                ..Facts::default()
            });
            assert_eq!((choice.drawing, choice.variables.len()), (None, 0));
            assert!(choice.to_string().contains(name));
        }
    }

    #[test]
    fn explicit_sync_is_off_with_nvidia_on_wayland_only() {
        for (nvidia, wayland) in [(true, true), (true, false), (false, true)] {
            let choice = choose(&Facts {
                nvidia,
                wayland,
                ..Facts::default()
            });
            let sets = choice.variables.contains(&NO_EXPLICIT_SYNC);
            assert_eq!(sets, nvidia && wayland);
        }
    }
}

//! The engine against the practice services: every state a change can reach, over a real socket and a real database.

mod flows;
mod support;

//! A database of each earlier schema opens with today's program: `tests/fixtures/schema-N`.

mod make;
mod opens;

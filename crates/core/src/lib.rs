pub mod change; pub mod error; pub mod profile; pub mod secret; pub mod view;

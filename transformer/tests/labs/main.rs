//! Labs ask for what a block does.

mod cache;
mod decoders;

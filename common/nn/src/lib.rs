//! Layers, losses, optimisers, the training loop and generation.

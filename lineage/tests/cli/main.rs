//! The program as its users meet it: every test runs the binary.

mod bad_folders;
mod bad_pairs;
mod bad_requests;
mod bad_settings;
mod bad_texts;
mod bad_translators;
mod bound_files;
mod byte_pairs;
mod commands;
mod damaged_numbers;
mod determinism;
mod encoders;
mod explain;
#[cfg(target_os = "linux")]
mod full_disk;
mod further;
mod generation;
mod grading;
mod idle;
mod interruption;
mod kept_trainings;
mod labs;
mod languages;
#[cfg(target_os = "linux")]
mod memory;
mod notices;
#[cfg(target_os = "linux")]
mod odd_files;
mod old_folders;
mod own_labs;
mod program;
mod published;
mod quiz;
mod reports;
#[cfg(unix)]
mod run_folders;
#[cfg(unix)]
mod signals;
mod streams;
mod text_to_text;
mod translators;
#[cfg(unix)]
mod unwritable;
mod validation;

package dev.sexton.cli.option;

import java.util.List;

/// A group of options in the help of a command.
///
/// @param introduction the paragraph above them; empty for none
public record OptionGroup(String introduction, List<OptionSpec> options) {}

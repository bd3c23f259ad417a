package dev.sexton.internal.sweep;

import java.util.List;

/// One row of the default list of programs that a sweep keeps.
///
/// @param kind the kind of program, for a person
/// @param condition the condition in addition to the name
/// @param names names of executables
/// @param arguments the arguments that the condition is about; an empty one stands for no arguments
///   at all
record KeepRow(String kind, Condition condition, List<String> names, List<String> arguments) {
  /// The condition in addition to the name.
  enum Condition {
    /// No further condition.
    NAME,
    /// The program is not under automation, and is not a helper process.
    NOT_AUTOMATED,
    /// The program is not a client of a server with the same executable. tmux shows which one it
    /// is.
    NOT_CLIENT_TITLE,
    /// The program calls itself SCREEN. The client calls itself screen.
    UPPER_CASE,
    /// The command line has one of the row's arguments, or cannot be read.
    WITH_ARGUMENT,
    /// The command line is readable and has one of the row's arguments. Otherwise the program, an
    /// interpreter or a tool for many purposes, most likely belongs to the instance.
    SEEN_ARGUMENT,
    /// The command line has none of the row's arguments.
    WITHOUT_ARGUMENT,
    /// The program in the sandbox is on the list.
    SANDBOX
  }

  KeepRow(String kind, Condition condition, List<String> names) {
    this(kind, condition, names, List.of());
  }
}

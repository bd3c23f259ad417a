package dev.sexton.cli.option;

import org.apache.commons.cli.Option;
import org.jspecify.annotations.Nullable;

/// One option of a command. The parser, the help, the completion scripts and the manual page are
/// made from it.
///
/// @param name its long name, without dashes
/// @param letter its short name; null if it has none
/// @param valueName what its value is called in the help, from which [Candidates] follow; null if
///   it takes no value
/// @param isRepeatable whether it may be given more than once
/// @param help what it does, with its default; printed beside its name
public record OptionSpec(
    String name,
    @Nullable String letter,
    @Nullable String valueName,
    boolean isRepeatable,
    String help) {
  /// Returns an option without a value.
  public static OptionSpec flag(String name, String help) {
    return new OptionSpec(name, null, null, false, help);
  }

  /// Returns an option with a value, which may be given once.
  public static OptionSpec value(String name, String valueName, String help) {
    return new OptionSpec(name, null, valueName, false, help);
  }

  /// Returns the same option with a short name as well.
  public OptionSpec withLetter(String shortName) {
    return new OptionSpec(name, shortName, valueName, isRepeatable, help);
  }

  /// Returns the same option, which may be given more than once.
  public OptionSpec repeatable() {
    return new OptionSpec(name, letter, valueName, true, help);
  }

  /// Returns the first clause of its help, for a list of candidates in a shell.
  public String brief() {
    return help.split("[;.] ", 2)[0];
  }

  /// Returns how it is written in a list of options, such as `-f, --follow` or `--grace TIME`.
  public String term() {
    return (letter == null ? "" : "-" + letter + ", ") + "--" + nameAndValue();
  }

  /// Returns how it is written in a command's synopsis, such as `[-f]` or `[--keep PATTERN]…`.
  public String synopsis() {
    return "["
        + (letter == null ? "--" + nameAndValue() : "-" + letter)
        + "]"
        + (isRepeatable ? "…" : "");
  }

  private String nameAndValue() {
    return valueName == null ? name : name + " " + valueName;
  }

  /// Returns it for the parser.
  Option toOption() {
    Option.Builder builder = letter == null ? Option.builder() : Option.builder(letter);
    builder.longOpt(name);
    return valueName == null ? builder.get() : builder.hasArg().argName(valueName).get();
  }
}

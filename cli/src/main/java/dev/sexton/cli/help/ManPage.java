package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.output.Version;
import java.util.List;
import java.util.Locale;

/// Writes the manual page in the man(7) macros of troff. Its text is ASCII, so that every
/// implementation shows it in every locale.
final class ManPage {
  private final StringBuilder text = new StringBuilder();

  private ManPage() {}

  /// Returns the page. It has no date, so that each build makes the same page.
  static String text(List<Command> commands) {
    ManPage page = new ManPage();
    page.line(".TH SEXTON 1 \"\" \"sexton " + escape(Version.TEXT) + "\" \"User Commands\"");
    page.section("NAME");
    page.line("sexton \\- clean up everything that a server started when it dies");
    page.section("SYNOPSIS");
    page.line(".B sexton");
    page.line(".I COMMAND");
    page.line("[OPTION].\\|.\\|. [ARGUMENT].\\|.\\|.");
    page.section("DESCRIPTION");
    page.paragraph("When a server dies, everything it started is cleaned up.");
    page.section("OPTIONS OF EVERY COMMAND");
    page.options(Arguments.COMMON);
    page.section("COMMANDS");
    commands.forEach(page::command);
    page.section("EXIT STATUS");
    page.entry("0", "done");
    page.entry("1", "something is left");
    page.entry("2", "wrong usage");
    page.entry("3", "cannot work here");
    return page.text.toString();
  }

  private void command(Command command) {
    line(".SS \"sexton " + escape(command.name()) + "\"");
    paragraph(
        command.summary().substring(0, 1).toUpperCase(Locale.ROOT)
            + command.summary().substring(1)
            + ".");
    line(".PP");
    line(".nf");
    for (String form : Help.synopsis(command).lines().toList()) {
      line(escape(form));
    }
    line(".fi");
    for (String paragraph : command.description().strip().split("\n\n", -1)) {
      paragraph(paragraph);
    }
    for (OptionGroup group : command.optionGroups()) {
      if (!group.introduction().isEmpty()) {
        paragraph(group.introduction());
      }
      options(group.options());
    }
    if (!command.exitCodes().isEmpty()) {
      paragraph(command.exitCodes());
    }
  }

  private void section(String title) {
    line(".SH \"" + title + "\"");
  }

  private void paragraph(String paragraph) {
    line(".PP");
    line(escape(paragraph.strip().replaceAll("\\s+", " ")));
  }

  private void options(List<OptionSpec> options) {
    for (OptionSpec option : options) {
      entry(option.term(), option.help() + (option.isRepeatable() ? "; repeatable" : ""));
    }
  }

  private void entry(String term, String explanation) {
    line(".TP");
    line(".B " + escape(term));
    line(escape(explanation));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  /// Escapes text for a line that is not a macro itself.
  static String escape(String plain) {
    StringBuilder escaped = new StringBuilder();
    plain.codePoints().forEach(character -> escaped.append(escape(character)));
    // A line that begins with a dot would be a macro.
    return escaped.toString().replaceFirst("^(?=\\.)", "\\\\&");
  }

  private static String escape(int character) {
    return switch (character) {
      case '\\' -> "\\e";
      case '-' -> "\\-";
      case '"' -> "\\(dq";
      case '\'' -> "\\(aq";
      case '`' -> "\\(ga";
      case '^' -> "\\(ha";
      case '~' -> "\\(ti";
      case '…' -> ".\\|.\\|.";
      default ->
          character < 128 ? Character.toString(character) : String.format("\\[u%04X]", character);
    };
  }
}

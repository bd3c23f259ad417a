package dev.sexton.cli;

import dev.sexton.internal.KeepPattern;
import java.util.List;
import org.apache.commons.cli.Options;

/// The option `--keep PATTERN`, which several commands take.
public final class KeepOption {
  private static final String NAME = "keep";

  private KeepOption() {}

  /// Adds it to a command's options.
  public static void addTo(Options options) {
    options.addOption(Arguments.value(NAME, "PATTERN"));
  }

  /// Returns the patterns in the given order, the strongest last.
  ///
  /// @throws CommandException if a pattern is invalid
  public static List<String> read(Arguments arguments) throws CommandException {
    List<String> patterns = arguments.all(NAME);
    for (String pattern : patterns) {
      String defect = KeepPattern.defect(pattern);
      if (defect != null) {
        int remedy = defect.indexOf(": ");
        throw CommandException.usage(
            "--keep: " + defect.substring(0, remedy), defect.substring(remedy + 2));
      }
    }
    return patterns;
  }
}

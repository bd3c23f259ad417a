package dev.sexton.internal.command;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A command line that cannot be read word by word: that of a shell, of an unknown program, or with
/// an unknown option.
final class UnreadCommand {
  private static final Set<String> SHELLS =
      Set.of("sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "busybox");

  /// A command line of such a program within a text, as a shell or another program would run it.
  private static final Pattern IN_TEXT =
      Pattern.compile(
          "(?<![\\w.-])(docker|podman|nerdctl)(-compose)?(\\s+-\\S+(\\s+[^-\\s]\\S*)?)*?\\s+"
              + "(run|create|exec|start|compose|container|up|play|kube|stack|service)\\b");

  private UnreadCommand() {}

  /// Returns a command with a warning if an argument runs containers; null if none does, as far as
  /// this can be determined.
  ///
  /// @param at the index of the program in the words
  static @Nullable ContainerCommand of(List<String> words, int at) {
    String text = String.join(" ", words.subList(at, words.size()));
    if (!IN_TEXT.matcher(text).find()) {
      return null;
    }
    String program = CommandWords.baseName(words.get(at));
    String who = SHELLS.contains(program) ? "a shell script" : program;
    return ContainerCommand.nothing("", Map.of(), "the containers that " + who + " starts");
  }
}

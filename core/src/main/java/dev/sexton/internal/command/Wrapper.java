package dev.sexton.internal.command;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A program that becomes, or starts, the command in its arguments and passes it on unchanged, such
/// as `env` or `timeout`. Options are read as these programs read them. An unknown option ends the
/// reading, because it may or may not take a value.
///
/// @param flags options without a value, and long options whose value is optional
/// @param values options with a value
/// @param operands the number of arguments before the command
/// @param assigns whether `NAME=value` may come before the command
record Wrapper(Set<String> flags, Set<String> values, int operands, boolean assigns) {
  private static final Map<String, Wrapper> KNOWN =
      Map.ofEntries(
          Map.entry(
              "env",
              new Wrapper(
                  Set.of(
                      "-",
                      "-i",
                      "--ignore-environment",
                      "-v",
                      "--debug",
                      "--block-signal",
                      "--default-signal",
                      "--ignore-signal",
                      "--list-signal-handling"),
                  Set.of("-u", "--unset", "-C", "--chdir", "-a", "--argv0"),
                  0,
                  true)),
          Map.entry("nice", new Wrapper(Set.of(), Set.of("-n", "--adjustment"), 0, false)),
          Map.entry("nohup", new Wrapper(Set.of(), Set.of(), 0, false)),
          Map.entry(
              "setsid", new Wrapper(Set.of("-c", "--ctty", "-w", "--wait"), Set.of(), 0, false)),
          Map.entry(
              "timeout",
              new Wrapper(
                  Set.of("--foreground", "--preserve-status", "-v", "--verbose", "-f", "-p"),
                  Set.of("-k", "--kill-after", "-s", "--signal"),
                  1,
                  false)),
          Map.entry(
              "stdbuf",
              new Wrapper(
                  Set.of(), Set.of("-i", "--input", "-o", "--output", "-e", "--error"), 0, false)),
          Map.entry(
              "ionice",
              new Wrapper(
                  Set.of("-t", "--ignore"),
                  Set.of("-c", "--class", "-n", "--classdata"),
                  0,
                  false)),
          Map.entry(
              "taskset",
              new Wrapper(Set.of("-a", "--all-tasks", "-c", "--cpu-list"), Set.of(), 1, false)),
          Map.entry(
              "time",
              new Wrapper(
                  Set.of(
                      "-v", "--verbose", "-p", "--portability", "-a", "--append", "-q", "--quiet"),
                  Set.of("-f", "--format", "-o", "--output"),
                  0,
                  false)),
          Map.entry(
              "sudo",
              new Wrapper(
                  Set.of(
                      "-A",
                      "--askpass",
                      "-b",
                      "--background",
                      "-B",
                      "--bell",
                      "-E",
                      "--preserve-env",
                      "-H",
                      "--set-home",
                      "-k",
                      "--reset-timestamp",
                      "-n",
                      "--non-interactive",
                      "-P",
                      "--preserve-groups",
                      "-S",
                      "--stdin"),
                  Set.of(
                      "-C",
                      "--close-from",
                      "-D",
                      "--chdir",
                      "-g",
                      "--group",
                      "-p",
                      "--prompt",
                      "-R",
                      "--chroot",
                      "-T",
                      "--command-timeout",
                      "-u",
                      "--user"),
                  0,
                  true)),
          Map.entry("doas", new Wrapper(Set.of("-n"), Set.of("-C", "-u"), 0, false)));

  /// Returns the wrapper of this name, or null if there is none.
  static @Nullable Wrapper of(String name) {
    return KNOWN.get(name);
  }

  /// Finds the command that a wrapper runs.
  ///
  /// @param name the wrapper's name
  /// @param at the index of the wrapper in the words
  /// @param options receives the wrapper's changes to the environment; an empty value for a
  ///   variable that it removes
  /// @return the index of the command; -1 if it cannot be determined
  int inner(String name, List<String> words, int at, Map<String, String> options) {
    int next = at + 1;
    while (next < words.size() && words.get(next).startsWith("-")) {
      String word = words.get(next++);
      if (word.equals("--")) {
        break;
      }
      next = option(name, word, words, next, options);
      if (next < 0) {
        return -1;
      }
    }
    while (assigns && next < words.size() && words.get(next).indexOf('=') > 0) {
      String word = words.get(next++);
      options.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    next += operands;
    return next < words.size() ? next : -1;
  }

  /// Reads one option. Returns the index after it, or -1 if the option is unknown.
  private int option(
      String name, String word, List<String> words, int next, Map<String, String> options) {
    int equals = word.indexOf('=');
    String option = equals < 0 ? word : word.substring(0, equals);
    if (flags.contains(option)) {
      if (option.equals("-i") || option.equals("-") || option.equals("--ignore-environment")) {
        ContainerCommand.ENGINE_VARIABLES.forEach(variable -> options.put(variable, ""));
      }
      return next;
    }
    if (values.contains(option)) {
      boolean separate = equals < 0;
      if (separate && next >= words.size()) {
        return -1;
      }
      String value = separate ? words.get(next) : word.substring(equals + 1);
      note(name, option, value, options);
      return separate ? next + 1 : next;
    }
    if (word.startsWith("--") || word.length() < 2) {
      return -1;
    }
    if (name.equals("nice") && word.substring(1).matches("-?[0-9]+")) {
      return next; // nice -10
    }
    return letters(name, word, words, next, options);
  }

  /// Reads combined letters: flags, and then perhaps an option with its value. Returns the index
  /// after them, or -1 if a letter is unknown.
  private int letters(
      String name, String word, List<String> words, int next, Map<String, String> options) {
    for (int i = 1; i < word.length(); i++) {
      String letter = "-" + word.charAt(i);
      if (values.contains(letter)) {
        boolean separate = i + 1 == word.length();
        if (separate && next >= words.size()) {
          return -1;
        }
        note(name, letter, separate ? words.get(next) : word.substring(i + 1), options);
        return separate ? next + 1 : next;
      }
      if (!flags.contains(letter)) {
        return -1;
      }
      option(name, letter, words, next, options);
    }
    return next;
  }

  private static void note(String name, String option, String value, Map<String, String> options) {
    if (name.equals("env") && (option.equals("-u") || option.equals("--unset"))) {
      options.put(value, "");
    }
  }
}

package dev.sexton.mcp.deephaven;

import dev.sexton.mcp.RefusalException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The options of a server's JVM. Anybody on the machine can see them in a list of processes.
///
/// @param heapGigabytes the maximum heap size
/// @param more the options that the client gives
public record JvmOptions(double heapGigabytes, List<String> more) {
  /// Options are split at spaces on their way and pass through a shell.
  private static final Pattern OPTION = Pattern.compile("-[^\\s\"'\\\\`$]+");

  /// Properties that tell the server who may use it and where that is configured.
  private static final List<String> RESERVED =
      List.of("AuthHandlers", "Configuration.rootFile", "deephaven.configDir", "authentication.");

  private static final double LEAST_HEAP = 0.25;
  private static final double MOST_HEAP = 4096;
  private static final int MEGABYTES = 1024;

  /// Fails if a server cannot be given these options.
  public static JvmOptions of(double heapGigabytes, List<String> more) throws RefusalException {
    if (!(heapGigabytes >= LEAST_HEAP && heapGigabytes <= MOST_HEAP)) {
      throw new RefusalException(
          "heap_gb is " + heapGigabytes, "give " + LEAST_HEAP + " to " + MOST_HEAP);
    }
    for (String option : more) {
      if (!OPTION.matcher(option).matches()) {
        throw new RefusalException(
            "the JVM argument " + option + " cannot be passed on",
            "start it with a dash, and use no spaces, quotes, backslashes or dollar signs");
      }
      for (String reserved : RESERVED) {
        if (option.startsWith("-D" + reserved)) {
          throw new RefusalException(
              "the JVM argument -D" + reserved + "… is reserved",
              "use authentication and psk; to use your own deephaven.prop, set the variable"
                  + " DEEPHAVEN_CONFIG_DIR");
        }
      }
    }
    return new JvmOptions(heapGigabytes, List.copyOf(more));
  }

  /// Returns all options in one line, those of the client last.
  String line(Authentication authentication, List<String> own) {
    List<String> all = new ArrayList<>();
    all.add("-Xmx" + (long) (heapGigabytes * MEGABYTES) + "m");
    // Newer JVMs do not know some of the server's own options.
    all.add("-XX:+IgnoreUnrecognizedVMOptions");
    all.add("-DAuthHandlers=" + authentication.handler());
    all.addAll(own);
    all.addAll(more);
    return String.join(" ", all);
  }
}

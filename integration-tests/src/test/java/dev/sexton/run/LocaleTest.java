package dev.sexton.run;

import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checks that bytes that are not ASCII stay the same in every locale. A client that passes no
/// locale gets what another client gets. A script does the work, because this JVM may have any
/// locale.
@Gate("takes long")
class LocaleTest {
  @TempDir private Path directory;

  /// A running watcher would write to the directory while it is removed.
  @AfterEach
  void endWatchers() {
    Watchers.end(directory.resolve("homes"));
  }

  @Test
  void everyByteArrivesInEveryLocale() throws Exception {
    Path script = directory.resolve("locales.py");
    Python.copy("/dev/sexton/run/locales.py", script);
    Path launcher = Launcher.install(directory.resolve("sexton"));
    Path homes = Files.createDirectory(directory.resolve("homes"));
    Map<String, String> environment = new TreeMap<>(Server.environment(directory));
    environment.put("LIBRARY", String.join("\n", Server.javaCommand("mcp")));
    Commands.run(
        List.of(
            Python.python3().toString(),
            "-X",
            "utf8",
            script.toString(),
            launcher.toString(),
            homes.toString()),
        environment,
        300);
  }
}

package dev.sexton.mcpsdk;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Processes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checks that the examples in docs/java.md compile and do what the text says, and that the one in
/// docs/kubernetes.md compiles.
class JavaGuideTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("```java\n(.*?public final class (\\w+) .*?)```", Pattern.DOTALL);

  private static final String CLASS_PATH = System.getProperty("java.class.path");

  @TempDir Path directory;

  @Test
  void clientAndServerGreetEachOther() throws IOException, InterruptedException {
    assertThat(compileExamples("java.md")).containsExactly("Greeter", "Greet", "CleanUp");
    List<String> command = new ArrayList<>(java("Greet"));
    command.addAll(java("Greeter"));
    File output = directory.resolve("output").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output)
            .redirectError(directory.resolve("errors").toFile());
    builder.environment().clear();
    builder.environment().putAll(Server.environment(directory));

    try (Processes processes = new Processes()) {
      Process client = processes.start(builder);

      assertThat(client.waitFor(Notes.PATIENCE.toSeconds(), SECONDS)).isTrue();
      assertThat(client.exitValue()).isZero();
    }
    assertThat(output).hasContent("Hello, world");
    assertThat(directory.resolve(".sexton/mcp/instances")).isEmptyDirectory();
  }

  @Test
  void theCleanUpListsAndSweepsADeadServer() throws IOException, InterruptedException {
    compileExamples("java.md");
    Path instances = Files.createDirectories(directory.resolve("state/instances"));
    Files.writeString(
        instances.resolve("c01d2f9a-0000-4000-8000-000000000001.json"),
        """
        {"instance_id": "c01d2f9a-0000-4000-8000-000000000001", "pid": 2000000000,
         "started_at": "2026-01-01T00:00:00Z", "name": "weather",
         "python_processes": {"gone": 2000000001}}
        """);
    List<String> command = new ArrayList<>(java("CleanUp"));
    command.add(directory.resolve("state").toString());
    File output = directory.resolve("cleaned").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(output)
            .redirectError(directory.resolve("errors").toFile());

    try (Processes processes = new Processes()) {
      assertThat(processes.start(builder).waitFor(Notes.PATIENCE.toSeconds(), SECONDS)).isTrue();
    }
    assertThat(output)
        .content()
        .startsWith("weather left 1\n")
        .contains("dead=1")
        .contains("done=true");
    assertThat(instances).isEmptyDirectory();
  }

  @Test
  void theExampleForKubernetesCompiles() throws IOException {
    assertThat(compileExamples("kubernetes.md"))
        .containsExactlyInAnyOrder("PodSession", "FollowedSession");
  }

  private List<String> compileExamples(String page) throws IOException {
    List<String> names = new ArrayList<>();
    Path guide = Path.of("..", "docs", page);
    Matcher example = EXAMPLE.matcher(Files.readString(guide));
    while (example.find()) {
      String name = example.group(2);
      Path source = directory.resolve(name + ".java");
      Files.writeString(source, example.group(1));
      int status =
          ToolProvider.getSystemJavaCompiler()
              .run(
                  null,
                  null,
                  null,
                  "-proc:none",
                  "-d",
                  directory.toString(),
                  "-cp",
                  CLASS_PATH,
                  source.toString());
      assertThat(status).as("%s compiles", name).isZero();
      names.add(name);
    }
    return names;
  }

  private List<String> java(String main) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        directory + File.pathSeparator + CLASS_PATH,
        main);
  }
}

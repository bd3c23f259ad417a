package dev.sexton.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.SweepReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A JVM with a 64 MB heap sweeps beside records that need more memory than that.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallHeapTest {
  /// No process has such a PID.
  private static final long NO_PID = 4_294_000_000L;

  @Test
  void recordsThatWantMoreAreReportedAndTheirNeighboursAreSwept(@TempDir Path directory)
      throws Exception {
    Map<String, String> expected = new LinkedHashMap<>();
    Path instances = Files.createDirectories(directory.resolve("state/instances"));
    String listed = join(100_000, i -> "\"p" + i + "\": " + (NO_PID + i));
    String details =
        join(100_000, i -> "\"p" + i + "\": {\"pid\": " + (NO_PID + i) + ", \"start\": 1}");
    write(
        instances,
        expected,
        "\"python_processes\": {" + listed + "}",
        "lists 100000 processes, more than a record may (10000)");
    write(
        instances,
        expected,
        "\"python_processes\": {}, \"processes\": {" + details + "}",
        "it has more than 120000 values");
    write(
        instances,
        expected,
        "\"python_processes\": {"
            + listed
            + "}, \"processes\": {"
            + join(100_000, i -> "\"p" + i + "\": {\"command\": \"" + "c".repeat(400) + "\"}")
            + "}",
        "more than a record may have (8388608)");
    write(
        instances,
        expected,
        "\"x\": [" + join(2_000_000, i -> "0") + "]",
        "it has more than 120000 values");
    write(
        instances,
        expected,
        "\"x\": [" + join(1_000_000, i -> "[]") + "]",
        "it has more than 120000 values");
    write(instances, expected, "\"x\": " + "[".repeat(4_000_000), "Nesting limit 64 reached");
    write(
        instances, expected, "\"started_at\": \"" + "9".repeat(7_000_000) + "\"", "duplicate key");
    write(
        instances,
        expected,
        "\"python_processes\": \"" + "9".repeat(7_000_000) + "\"",
        "is not an object of names and PIDs");
    write(instances, expected, "\"x\": " + "9".repeat(7_000_000), "unexpected character");

    Process sweep =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeapTest.class.getName(),
                directory.resolve("state").toString())
            .redirectErrorStream(true)
            .start();
    String said;
    try {
      said = new String(sweep.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(sweep.waitFor()).as(said).isZero();
    } finally {
      sweep.destroyForcibly().onExit().join();
    }

    assertThat(said)
        .contains("the dead one: REMOVED")
        .doesNotContain("Error")
        .doesNotContain("\tat ");
    expected.forEach((file, problem) ->
        assertThat(said.lines())
            .as(file)
            .filteredOn(line -> line.contains(file))
            .singleElement()
            .satisfies(line -> assertThat(line).contains(problem).hasSizeLessThan(500)));
  }

  private static String join(int count, IntFunction<String> part) {
    return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(","));
  }

  private static void write(
      Path instances, Map<String, String> expected, String members, String problem)
      throws IOException {
    String id = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d%02x".formatted(expected.size());
    Files.writeString(
        instances.resolve(id + ".json"),
        "{\"instance_id\": \""
            + id
            + "\", \"pid\": "
            + NO_PID
            + ", \"started_at\": \"2026-01-01T00:00:00\", "
            + members
            + "}");
    expected.put(id + ".json", problem);
  }

  /// Sweeps a directory in which an instance has died, and prints the result.
  public static void main(String[] args) throws IOException {
    try (DeadInstancesFixture graveyard = new DeadInstancesFixture(Path.of(args[0]))) {
      DeadInstancesFixture.Instance dead = graveyard.deadInstance();
      SweepReport report = graveyard.sweep();
      report.problems().forEach(problem -> System.out.println(problem.problem()));
      RecordFate fate = DeadInstancesFixture.of(report, dead.id()).record();
      System.out.println("the dead one: " + fate);
    }
  }
}

package dev.sexton.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import dev.sexton.InstanceTracker;
import dev.sexton.RecordException;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTest {
  private static final String ID = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11";
  private static final String ORIGINALS =
      """
      {
        "instance_id": "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11",
        "pid": 4242,
        "started_at": "2026-03-01T12:00:00.123456",
        "python_processes": {
          "z": 17,
          "a": 18
        }
      }
      """;
  private static final Machine HERE =
      new Machine("host", "boot", "pid:[4026531836]", StartUnit.TICKS);
  private static final Machine THERE =
      new Machine("host", "boot", "pid:[4026532000]", StartUnit.MILLIS);

  private static InstanceRecord read(String json) throws RecordException {
    return RecordReader.read(json.getBytes(StandardCharsets.UTF_8), "record");
  }

  private static String written(InstanceRecord record) {
    return new String(RecordWriter.write(record), StandardCharsets.UTF_8);
  }

  @Test
  void theOriginalsRecordIsRead() throws Exception {
    InstanceRecord record = read(ORIGINALS);
    assertThat(record.instanceId()).isEqualTo(ID);
    assertThat(record.pid()).isEqualTo(4242);
    assertThat(record.startedAt()).isEqualTo("2026-03-01T12:00:00.123456");
    assertThat(record.startInstant(ZoneId.of("Europe/Berlin")))
        .isEqualTo(Instant.parse("2026-03-01T11:00:00.123456Z"));
    assertThat(record.schema()).isZero();
    assertThat(record.application()).isNull();
    assertThat(record.owner()).isNull();
    assertThat(record.ownerHoldsLock()).isFalse();
    assertThat(record.started()).isEqualTo(StartTime.UNKNOWN);
    assertThat(record.containers()).isEqualTo(ContainerUse.UNKNOWN);
    assertThat(record.tombstone()).isNull();
    assertThat(record.processes().keySet()).containsExactly("z", "a");
    assertThat(record.processes()).containsEntry("z", new TrackedProcess(17, null, "", ""));
  }

  @Test
  void theOriginalsRecordIsWrittenAsItWas() throws Exception {
    assertThat(written(read(ORIGINALS))).isEqualTo(ORIGINALS);
  }

  @Test
  void startsAreReadWithAndWithoutAZone() throws Exception {
    ZoneId zone = ZoneId.of("America/New_York");
    assertThat(started("2026-03-01T12:00:00Z").startInstant(zone))
        .isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
    assertThat(started("2026-03-01T12:00:00.5+02:00").startInstant(zone))
        .isEqualTo(Instant.parse("2026-03-01T10:00:00.5Z"));
    assertThat(started("2026-03-01T12:00:00").startInstant(zone))
        .isEqualTo(Instant.parse("2026-03-01T17:00:00Z"));
    for (String nonsense : new String[] {"", "yesterday", "2026-13-01T00:00:00", "1760000000"}) {
      assertThat(started(nonsense).startInstant(zone)).isNull();
    }
  }

  private static InstanceRecord started(String at) throws RecordException {
    return read(ORIGINALS.replace("2026-03-01T12:00:00.123456", at));
  }

  @Test
  void whatOthersAddIsKeptToTheLastDigit() throws Exception {
    String others =
        """
          "zebra": 123456789012345678901234567890,
          "decimal": 0.1000000000000000055511151231257827021181583404541015625,
          "exponent": 1E+400,
          "minus": -0,
          "minus_fraction": -0.0,
          "one": 1.0,
          "nothing": null,
          "flag": false,
          "text": "\\u2028 <b> = ' \u00fc \\u0000 \\n \\"",
          "nested": {
            "z": [
              1,
              2.50,
              null,
              {}
            ],
            "a": []
          },
          "": 0
        }
        """;
    String json = ORIGINALS.substring(0, ORIGINALS.length() - 3) + ",\n" + others;
    assertThat(written(read(json))).isEqualTo(json);
    assertThat(written(read(written(read(json))))).isEqualTo(json);
  }

  @Test
  void whatWeWriteWeReadAgain() throws Exception {
    Map<String, TrackedProcess> processes = new LinkedHashMap<>();
    processes.put("here", tracked(HERE, 17));
    processes.put("there", tracked(THERE, 18));
    processes.put("id only", new TrackedProcess(19, null, "", ""));
    processes.put("no identity", new TrackedProcess(20, null, "then", "command"));
    InstanceRecord record =
        record(
            processes,
            new Tombstone(3, "a: failed", "2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"));

    InstanceRecord again = RecordReader.read(RecordWriter.write(record), "record");

    assertThat(again).usingRecursiveComparison().ignoringFields("source").isEqualTo(record);
    assertThat(again.processes().keySet()).containsExactlyElementsOf(processes.keySet());
    assertThat(again.source().getAsJsonObject("python_processes").keySet())
        .as("the original's sweep reaches all of them")
        .containsExactly("here", "there", "id only", "no identity");
  }

  private static TrackedProcess tracked(Machine machine, long pid) {
    return new TrackedProcess(
        pid, new ProcessIdentity(machine, pid, 100 + pid), "2026-03-01T12:00:01Z", "sleep 900");
  }

  private static InstanceRecord record(Map<String, TrackedProcess> processes, Tombstone tombstone) {
    return InstanceRecord.builder(ID, 4242, "2026-03-01T12:00:00Z")
        .application("mcp")
        .name("name")
        .command("java -jar server.jar")
        .owner(new ProcessIdentity(HERE, 4242, 99), true)
        .started(StartTime.ticks(98))
        .written(StartTime.ticks(120))
        .containers(ContainerUse.USED)
        .processes(processes)
        .tombstone(tombstone)
        .build();
  }

  @Test
  void anIdentityCountsOnlyForTheProcessThatIsListed() throws Exception {
    String ours = written(record(Map.of("a", tracked(HERE, 17)), new Tombstone(1, "", "", "")));
    // The original rewrites its four keys and drops all others. Another program may keep them.
    InstanceRecord changed = read(ours.replaceFirst("\"a\": 17", "\"a\": 18"));
    assertThat(changed.processes()).containsEntry("a", new TrackedProcess(18, null, "", ""));
    InstanceRecord another = read(ours.replaceFirst("\"pid\": 4242", "\"pid\": 4243"));
    assertThat(another.owner()).isNull();
    assertThat(another.ownerHoldsLock()).isFalse();
  }

  @Test
  void thePatternsOfProgramsToKeepAreWrittenAndRead() throws Exception {
    List<String> keep = List.of("my-server*", "!firefox", "/opt/\u017euk \"x\"/*");
    InstanceRecord read = readWithKeep(json(keep));
    assertThat(read.keep()).containsExactlyElementsOf(keep);

    InstanceRecord again = read(written(read));
    assertThat(again.keep()).containsExactlyElementsOf(keep);
    assertThat(
            again
                .rewritten(
                    StartTime.ticks(1),
                    ContainerUse.UNKNOWN,
                    again.processes(),
                    new Tombstone(1, "", "", ""),
                    again.source())
                .keep())
        .containsExactlyElementsOf(keep);
  }

  private static @Nullable String controlGroup(String group) throws RecordException {
    InstanceRecord read = readWithKeep("[], \"owner\": {\"control_group\": \"" + group + "\"}");
    return read.surroundings().controlGroup();
  }

  @Test
  void aControlGroupIsOneThatIsCalledAfterTheInstance() throws Exception {
    String own = "/sys/fs/cgroup/user.slice/app-a\\\\x2db.scope/sexton-" + ID;
    assertThat(controlGroup(own)).isEqualTo(own.replace("\\\\", "\\"));
    assertThat(controlGroup("/sys/fs/cgroup/sexton-" + ID)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/sys/fs/cgroup",
        "sys/fs/cgroup/sexton-" + ID,
        "/tmp/sexton-" + ID,
        "/sys/fs/cgroups/sexton-" + ID,
        "/sys/fs/cgroup/a/../../../../tmp/sexton-" + ID,
        "/sys/fs/cgroup/./sexton-" + ID,
        "/sys/fs/cgroup//sexton-" + ID,
        "/sys/fs/cgroup/sexton-" + ID + "/",
        "/sys/fs/cgroup/sexton-" + ID + "/..",
        "/sys/fs/cgroup/xsexton-" + ID,
        "/sys/fs/cgroup/sexton-00000000-0000-4000-8000-000000000000"
      })
  void anyOtherControlGroupIsNone(String group) throws Exception {
    assertThat(controlGroup(group)).isNull();
  }

  private static InstanceRecord readWithKeep(Object keep) throws RecordException {
    return read("{\"keep\": " + keep + "," + ORIGINALS.strip().substring(1));
  }

  private static JsonArray json(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "null", "\"x\"", "{}", "[]", "[1, null, [], \"\", \"!\", \"a\\u0007\"]"})
  void whatIsNoPatternCostsNoRecord(String keep) throws Exception {
    InstanceRecord read = readWithKeep(keep);
    assertThat(read.keep()).isEmpty();
    assertThat(read.processes()).hasSize(2);
  }

  @Test
  void ofPatternsWithoutEndTheFirstCount() throws Exception {
    JsonArray patterns = new JsonArray();
    for (int i = 0; i < 10_000; i++) {
      patterns.add("p" + i);
    }
    InstanceRecord read = readWithKeep(patterns);
    assertThat(read.keep()).hasSize(InstanceRecord.MAX_KEEP).startsWith("p0", "p1");
  }

  @Test
  void namesThatUtf8CannotHoldStayApart() throws Exception {
    Map<String, TrackedProcess> processes = new LinkedHashMap<>();
    processes.put("\uD800", tracked(HERE, 17));
    processes.put("\uDFFF", tracked(HERE, 18));
    processes.put("?", tracked(HERE, 19));
    processes.put("\uD83D\uDE80", tracked(HERE, 20));
    InstanceRecord again =
        RecordReader.read(
            RecordWriter.write(record(processes, new Tombstone(1, "", "", ""))), "record");
    assertThat(again.processes().values())
        .extracting(TrackedProcess::pid)
        .containsExactly(17L, 18L, 19L, 20L);
    assertThat(again.processes().keySet())
        .containsExactly("\uFFFDd800", "\uFFFDdfff", "?", "\uD83D\uDE80");
  }

  @Test
  void loadingTellsWhatIsWrong(@TempDir Path directory) throws IOException {
    Path file = directory.resolve(ID + ".json");
    assertThatThrownBy(() -> InstanceTracker.loadFromFile(file))
        .isExactlyInstanceOf(RecordException.Missing.class)
        .hasMessage(
            file + " does not exist: the instance was unregistered, or was never registered here");

    Files.writeString(file, "{");
    assertThatThrownBy(() -> InstanceTracker.loadFromFile(file))
        .isExactlyInstanceOf(RecordException.InvalidJson.class)
        .hasMessage(file + " is not valid JSON: End of input at line 1 column 2 path $.");

    Files.writeString(file, "{}");
    assertThatThrownBy(() -> InstanceTracker.loadFromFile(file))
        .isExactlyInstanceOf(RecordException.NoRecord.class)
        .hasMessage(
            file
                + " has none of the keys of a record: it is left alone; move it away if it is"
                + " yours");

    Files.writeString(file, "{\"pid\": 1}");
    assertThatThrownBy(() -> InstanceTracker.loadFromFile(file))
        .isExactlyInstanceOf(RecordException.InvalidKey.class)
        .hasMessage(file + ": key \"instance_id\" is missing")
        .extracting(thrown -> ((RecordException.InvalidKey) thrown).key())
        .isEqualTo("instance_id");

    Files.writeString(file, ORIGINALS.replace("18", "\"x\""));
    assertThatThrownBy(() -> InstanceTracker.loadFromFile(file))
        .isExactlyInstanceOf(RecordException.InvalidKey.class)
        .hasMessage(
            file
                + ": key \"python_processes\" has an entry that is not a process: \"x\" is not a"
                + " PID");

    Files.delete(file);
    Files.createDirectory(file);
    assertThatThrownBy(() -> InstanceTracker.loadFromFile(file))
        .isExactlyInstanceOf(RecordException.Unreadable.class)
        .hasMessage(file + " cannot be read: it is a directory, not a regular file");
  }

  @Test
  void whatIsLoadedTellsAndChangesNothing(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("copy.json"), ORIGINALS);
    InstanceTracker loaded = InstanceTracker.loadFromFile(file);
    assertThat(loaded.instanceId()).isEqualTo(ID);
    assertThat(loaded.pid()).isEqualTo(4242);
    assertThat(loaded.startedAt()).isEqualTo("2026-03-01T12:00:00.123456");
    assertThat(loaded.trackedProcesses()).containsExactly(Map.entry("z", 17L), Map.entry("a", 18L));
    assertThat(loaded.instanceFile()).isEqualTo(file);
    assertThat(loaded.isRegistered()).isFalse();
    String message = "instance " + ID + " was loaded from a file: only its owner can change it";
    assertThatThrownBy(() -> loaded.trackProcess("x", 5))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> loaded.untrackProcess("z")).hasMessage(message);
    assertThatThrownBy(loaded::containerLabels).hasMessage(message);
    assertThatThrownBy(loaded::unregister).hasMessage(message);
    loaded.flush();
    loaded.close();
    assertThat(file).hasContent(ORIGINALS.strip());
  }
}

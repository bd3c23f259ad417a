package dev.sexton.internal.sweep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.DeadInstancesTestBase;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.testsupport.ProcScan;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests that every process is listed in the journal before it gets a signal.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalledTest extends DeadInstancesTestBase {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final SparingRules.Sparing KEPT = new SparingRules.Sparing(Outcome.KEPT, "r");
  private static final SparingRules.Sparing DENIED = new SparingRules.Sparing(Outcome.DENIED, "r");

  private List<JsonObject> journal() {
    try {
      return JournalReader.read(graveyard.directory());
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private List<JsonObject> journal(String kind) {
    return journal().stream().filter(line -> line.get("kind").getAsString().equals(kind)).toList();
  }

  private static List<String> signalled(JsonObject line) {
    List<String> all = new ArrayList<>();
    if (line.has("signalled")) {
      for (JsonElement one : line.getAsJsonArray("signalled")) {
        JsonObject process = one.getAsJsonObject();
        assertThat(process.get("start").getAsLong()).isPositive();
        all.add(process.get("pid").getAsLong() + " " + process.get("command").getAsString());
      }
    }
    return all;
  }

  /// Starts a shell that ignores SIGTERM, with a child that does not.
  private Process stubborn() throws IOException {
    Process shell = graveyard.spawn("sh", "-c", "sleep 901 & trap '' TERM; echo $!; read line");
    long child = Long.parseLong(shell.inputReader(UTF_8).readLine());
    graveyard.processes().allow(child);
    // Until it executes its program, the child is another process of the shell.
    await().atMost(LIMIT).until(() -> ProcScan.commandLine(child).startsWith("sleep"));
    return shell;
  }

  /// Writes the record of an instance and kills its owner.
  ///
  /// Returns the UUID of the instance.
  private String die(Process owner, Process session) throws IOException {
    String id = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d12";
    DeadInstancesFixture.Instance instance = new DeadInstancesFixture.Instance(id, owner, session);
    InstanceRecord record = graveyard.record(instance, graveyard.identity(owner.pid()));
    graveyard.directory().replace(id + ".json", RecordWriter.write(record));
    owner.destroyForcibly().onExit().join();
    return id;
  }

  private SweepRequest request(SweepRequest.Progress progress) {
    return SweepRequest.of(List.of(graveyard.directory()))
        .everywhere(true)
        .grace(Duration.ofMinutes(5))
        .progress(progress)
        .build();
  }

  @Test
  void aTreeIsNamedBeforeItIsSignalledAndAfterIt() throws IOException {
    Process owner = graveyard.sleeper();
    Process shell = stubborn();
    String id = die(owner, shell);
    AtomicReference<List<JsonObject>> meanwhile = new AtomicReference<>(List.of());

    new Sweep(
            graveyard.ports(List.of()),
            request((processes, remaining) -> {
              meanwhile.compareAndSet(List.of(), journal());
              shell.destroyForcibly();
            }))
        .run();

    assertThat(meanwhile.get())
        .as("while it waits, only what it is about to do")
        .isNotEmpty()
        .allSatisfy(line -> {
          assertThat(line.get("kind").getAsString()).isEqualTo(Journal.SIGNAL);
          assertThat(line.get("outcome").getAsString()).isEqualTo(Journal.ASKED);
          assertThat(line.get("instance_id").getAsString()).isEqualTo(id);
        });
    List<String> asked =
        meanwhile.get().stream().flatMap(line -> signalled(line).stream()).toList();
    assertThat(asked).anyMatch(one -> one.startsWith(shell.pid() + " sh -c sleep 901 &"));
    assertThat(asked).anyMatch(one -> one.endsWith(" sleep 901"));
    JsonObject after = journal("process").getFirst();
    assertThat(after.get("outcome").getAsString()).isEqualTo("STOPPED");
    assertThat(after.get("pid").getAsLong()).isEqualTo(shell.pid());
    assertThat(after.get("start").getAsLong()).isPositive();
    assertThat(after.get("command").getAsString()).startsWith("sh -c sleep 901 &");
    assertThat(signalled(after)).containsAll(asked);
  }

  @Test
  void anOwnersEndIsNamedBeforeAndAfterIt() throws IOException {
    Process owner = graveyard.sleeper();
    ProcessInfo process = present(owner);
    JournalSubject instance = new JournalSubject(graveyard.directory(), "mcp", "id");

    Outcome outcome =
        new OwnerStopper(graveyard.processes(), new SystemClock(), instance, "the reason")
            .stop(process, Duration.ofSeconds(20));

    assertThat(outcome).isEqualTo(Outcome.STOPPED);
    assertThat(journal())
        .extracting(line -> line.get("outcome").getAsString())
        .containsExactly("ASKED", "STOPPED");
    assertThat(journal())
        .allSatisfy(line -> {
          assertThat(line.get("name").getAsString()).isEqualTo("(owner)");
          assertThat(line.get("reason").getAsString()).isEqualTo("the reason");
          assertThat(signalled(line)).containsExactly(owner.pid() + " sleep 900");
        });
  }

  @Test
  void anOwnerThatMustNotBeSignalledIsNamedAsSuch() throws IOException {
    Process other = graveyard.unguarded("sleep", "904");
    JournalSubject instance = new JournalSubject(graveyard.directory(), "mcp", "id");

    Outcome outcome =
        new OwnerStopper(graveyard.processes(), new SystemClock(), instance, "the reason")
            .stop(present(other), Duration.ZERO);

    assertThat(outcome).isEqualTo(Outcome.DENIED);
    assertThat(other.isAlive()).isTrue();
    assertThat(journal("process"))
        .singleElement()
        .satisfies(line -> {
          assertThat(line.get("outcome").getAsString()).isEqualTo("DENIED");
          assertThat(line.get("command").getAsString()).isEqualTo("sleep 904");
          assertThat(signalled(line)).isEmpty();
        });
  }

  @Test
  void aJournalThatCannotBeWrittenKeepsNobodyAlive() throws IOException {
    Files.createDirectory(graveyard.directory().path().resolve("journal.jsonl"));
    Process owner = graveyard.sleeper();
    JournalSubject instance = new JournalSubject(graveyard.directory(), "mcp", "id");

    assertThat(
            new OwnerStopper(graveyard.processes(), new SystemClock(), instance, "the reason")
                .stop(present(owner), Duration.ofSeconds(20)))
        .isEqualTo(Outcome.STOPPED);
  }

  /// No process of a large tree is lost, and no line lists more than 100 processes.
  @Test
  void aLargeTreeHasSeveralLines() throws IOException {
    List<NamedProcess> named = new ArrayList<>();
    for (int i = 1; i <= 250; i++) {
      named.add(new NamedProcess(i, StartTime.ticks(i), "command \"" + i + "\n"));
    }
    ResourceResult settled =
        new ResourceResult(observed(null), process(Outcome.STOPPED, 1), List.of(), named);

    graveyard
        .directory()
        .appendJournal(new Journal(graveyard.processes()).lines(observed(null), List.of(settled)));

    assertThat(journal()).hasSize(3);
    assertThat(journal())
        .extracting(line -> line.get("part").getAsInt() + " of " + line.get("parts").getAsInt())
        .containsExactly("1 of 3", "2 of 3", "3 of 3");
    assertThat(journal().stream().flatMap(line -> signalled(line).stream()))
        .hasSize(250)
        .contains("250 command \"250\n");
  }

  /// A watcher sweeps a tombstone every few seconds.
  @Test
  void whatIsSparedIsSaidOncePerProcess() throws IOException {
    ProcessInfo kept = present(graveyard.unguarded("sleep", "902"));
    ProcessInfo other = present(graveyard.unguarded("sleep", "903"));
    Tombstone tombstone = new Tombstone(1, "e", "", "");
    List<ResourceResult> both =
        List.of(
            ResourceResult.spared(observed(tombstone), "(marked)", kept, KEPT),
            ResourceResult.unclaimed(observed(tombstone), "(marked)", other, "r"),
            ResourceResult.spared(observed(tombstone), "(marked)", other, DENIED));
    assertThat(JournalReader.withoutKnown(observed(tombstone), both)).isEqualTo(both);

    Journal journal = new Journal(graveyard.processes());
    graveyard.directory().appendJournal(journal.lines(observed(null), both.subList(0, 1)));

    assertThat(JournalReader.withoutKnown(observed(tombstone), both)).isEqualTo(both.subList(1, 3));
    assertThat(journal("process"))
        .singleElement()
        .satisfies(line -> {
          assertThat(line.get("outcome").getAsString()).isEqualTo("KEPT");
          assertThat(line.get("start").getAsLong()).isEqualTo(kept.start().value());
          assertThat(line.get("command").getAsString()).isEqualTo("sleep 902");
        });
  }

  private ProcessInfo present(Process process) {
    if (graveyard.processes().find(process.pid()) instanceof ProcessLookup.Present present) {
      return present.process();
    }
    throw new AssertionError("no process " + process.pid());
  }

  private static ResourceReport process(Outcome outcome, long pid) {
    return new ResourceReport.ProcessReport("n", pid, new ResourceReport.Result(outcome, "r"));
  }

  private ObservedInstance observed(@org.jspecify.annotations.Nullable Tombstone tombstone) {
    InstanceRecord record =
        InstanceRecord.builder("0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11", 1, "")
            .application("mcp")
            .started(StartTime.ticks(0))
            .written(StartTime.ticks(0))
            .containers(ContainerUse.UNUSED)
            .tombstone(tombstone)
            .build();
    Verdict verdict = Verdict.dead("r");
    assertThat(verdict.liveness()).isEqualTo(Liveness.DEAD);
    return new ObservedInstance(
        graveyard.directory(),
        record,
        new StateDirectory.Content(new byte[0], Instant.EPOCH, false),
        null,
        verdict);
  }
}

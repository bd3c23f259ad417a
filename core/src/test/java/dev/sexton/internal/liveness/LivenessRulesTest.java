package dev.sexton.internal.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.liveness.Evidence.Candidate;
import dev.sexton.internal.liveness.Evidence.Holder;
import dev.sexton.internal.liveness.Evidence.Identified;
import dev.sexton.internal.liveness.Evidence.Location;
import dev.sexton.internal.liveness.Evidence.Newer;
import dev.sexton.internal.liveness.Evidence.OwnerProcess;
import dev.sexton.internal.liveness.Evidence.Part;
import dev.sexton.internal.liveness.Evidence.PidOnly;
import dev.sexton.internal.liveness.Evidence.PidScope;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.ProcessReader.Interpreter;
import dev.sexton.testsupport.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests the rules row by row.
class LivenessRulesTest {
  record Row(String rule, Evidence evidence, Verdict verdict) {
    @Override
    public String toString() {
      return rule + ": " + evidence;
    }
  }

  private static final Verdict THIS = Verdict.alive("its owner is this process");
  private static final Verdict HOST =
      Verdict.unknown("it runs on another host (there): sweep there");
  private static final Verdict SHARED =
      Verdict.unknown(
          "its record names no host and is on a file system that other machines can access: if it"
              + " is dead, use --assume-dead");
  private static final Verdict HELD = Verdict.alive("its lock is held");
  private static final Verdict UNREADABLE_HOST = unreadable("the host ID");
  private static final Verdict UNREADABLE_BOOT = unreadable("the boot ID");
  private static final Verdict UNREADABLE_NAMESPACE = unreadable("the PID namespace");
  private static final Verdict BOOT_CONTRADICTED =
      Verdict.unknown(
          "its record names another boot, but a process with PID 42 and the same start time runs"
              + " here: if that is not its owner, use --assume-dead");
  private static final Verdict BOOT_UNPROVEN =
      Verdict.unknown(
          "its record names another boot, and nothing proves that this machine ran it: a clone with"
              + " the same machine ID may be running it now. If there is no such clone, use"
              + " --assume-dead");
  private static final Verdict NO_IDENTITY =
      Verdict.unknown("its record does not identify its owner: if it is dead, use --assume-dead");
  private static final Verdict NAMESPACE_GONE =
      Verdict.dead("no process is left in its owner's PID namespace");
  private static final Verdict BOOT = Verdict.dead("the machine has been restarted since");
  private static final Verdict RUNNING = Verdict.alive("its owner, process 42, is running");
  private static final Verdict LOCK_HIDDEN = Verdict.alive("not permitted to check its lock");
  private static final Verdict FREE = Verdict.dead("its lock is free: the owner is gone");
  private static final Verdict NAMESPACE =
      Verdict.unknown(
          "its lock proves nothing, and its owner's PID belongs to another PID namespace: sweep in"
              + " that container");
  private static final Verdict HIDDEN = Verdict.alive("not permitted to see its owner's process");
  private static final Verdict GONE = Verdict.dead("its owner, process 42, is gone");
  private static final Verdict ZOMBIE =
      Verdict.dead("its owner, process 42, has ended and is a zombie");
  private static final Verdict OTHER =
      Verdict.dead("process 42 is not its owner but a later process");
  private static final Verdict INSIDE =
      Verdict.unknown("its record has only PID 42, which proves nothing inside a container");
  private static final Verdict NO_PYTHON =
      Verdict.dead("process 42 does not run Python: the PID was reused");
  private static final Verdict OLDER =
      Verdict.unknown(
          "process 42 is older than the instance and does not run Python: the record was written"
              + " inside a container, or a clock was set");
  private static final Verdict CHILD =
      Verdict.alive("process 42 is the parent of a process it recorded");
  private static final Verdict LATER =
      Verdict.unknown(
          "process 42 started after the record was written: the PID was reused, or a clock was set."
              + " If it is not the server, use --assume-dead");
  private static final Verdict PYTHON = Verdict.alive("process 42 runs Python");
  private static final Verdict NOTHING = Verdict.alive("nothing proves that its owner is gone");

  private static Verdict unreadable(String part) {
    return Verdict.unknown(
        part + " of its owner cannot be compared with that of this process: run sexton doctor");
  }

  /// Returns an owner on this machine with these states of its lock and its PID.
  private static Identified owner(boolean claims, OwnerByte lock, OwnerProcess process) {
    return owner(Part.SAME, Part.SAME, Part.SAME, claims, lock, process);
  }

  private static Identified owner(
      Part host, Part boot, Part namespace, boolean claims, OwnerByte lock, OwnerProcess process) {
    return new Identified(
        new Location("here", host, false, boot, namespace),
        claims,
        lock,
        new Holder(42, process, false));
  }

  private static Identified elsewhere(OwnerByte lock, OwnerProcess process) {
    return owner(Part.SAME, Part.SAME, Part.OTHER, true, lock, process);
  }

  private static Identified anotherHost(OwnerByte lock, Part boot) {
    return new Identified(
        new Location("there", Part.OTHER, true, boot, Part.UNREADABLE),
        true,
        lock,
        new Holder(42, OwnerProcess.ABSENT, false));
  }

  private static Identified boot(Part boot, boolean claims, OwnerByte lock, OwnerProcess process) {
    return owner(Part.SAME, boot, Part.SAME, claims, lock, process);
  }

  private static PidOnly pid(OwnerProcess process, Interpreter interpreter) {
    return pid(process, interpreter, false, false, false);
  }

  private static PidOnly pid(
      OwnerProcess process,
      Interpreter interpreter,
      boolean predates,
      boolean child,
      boolean later) {
    return new PidOnly(
        true,
        new PidScope(false, true),
        OwnerByte.MISSING,
        new Candidate(42, process, interpreter, predates, later),
        child);
  }

  private static PidOnly pid(boolean shared, OwnerByte lock, boolean whole, OwnerProcess process) {
    return new PidOnly(
        true,
        new PidScope(shared, whole),
        lock,
        new Candidate(42, process, Interpreter.OTHER, false, false),
        false);
  }

  static Stream<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            "newer schema",
            new Newer(2, OwnerByte.FREE),
            Verdict.unknown(
                "its record has schema 2, which is newer than this version of sexton supports:"
                    + " update sexton")));
    rows.add(new Row("lock held", new Newer(2, OwnerByte.HELD), Verdict.alive("its lock is held")));
    rows.add(
        new Row(
            "this very process",
            new Newer(2, OwnerByte.OURS),
            Verdict.alive("its owner is this process")));

    // The owner is this very process, whatever the other evidence says.
    rows.add(
        new Row(
            "this very process",
            new Identified(
                new Location("here", Part.SAME, false, Part.SAME, Part.SAME),
                true,
                OwnerByte.FREE,
                new Holder(42, OwnerProcess.ABSENT, true)),
            THIS));
    rows.add(new Row("this very process", owner(true, OwnerByte.OURS, OwnerProcess.ABSENT), THIS));
    rows.add(
        new Row("this very process", pid(true, OwnerByte.OURS, true, OwnerProcess.ABSENT), THIS));

    // Another host: not even a free lock or another boot proves anything here.
    for (OwnerByte lock : OwnerByte.values()) {
      if (lock == OwnerByte.HELD) {
        rows.add(new Row("lock held", anotherHost(lock, Part.SAME), HELD));
      } else if (lock != OwnerByte.OURS) {
        rows.add(new Row("another host", anotherHost(lock, Part.SAME), HOST));
        rows.add(new Row("another host", anotherHost(lock, Part.OTHER), HOST));
      }
    }

    // No host ID, on a file system that other machines can access.
    rows.add(
        new Row(
            "shared file system",
            new Identified(
                new Location("", Part.SAME, true, Part.SAME, Part.SAME),
                true,
                OwnerByte.FREE,
                new Holder(42, OwnerProcess.ABSENT, false)),
            SHARED));
    rows.add(
        new Row(
            "shared file system", pid(true, OwnerByte.MISSING, true, OwnerProcess.ABSENT), SHARED));
    rows.add(new Row("lock held", pid(true, OwnerByte.HELD, true, OwnerProcess.SOME), HELD));

    // A held lock outweighs all evidence of death.
    for (OwnerProcess process : OwnerProcess.values()) {
      rows.add(new Row("lock held", owner(true, OwnerByte.HELD, process), HELD));
      rows.add(new Row("lock held", owner(false, OwnerByte.HELD, process), HELD));
      rows.add(new Row("lock held", elsewhere(OwnerByte.HELD, process), HELD));
      rows.add(new Row("lock held", boot(Part.OVER, true, OwnerByte.HELD, process), HELD));
      rows.add(new Row("lock held", boot(Part.OTHER, true, OwnerByte.HELD, process), HELD));
      rows.add(new Row("lock held", boot(Part.UNREADABLE, true, OwnerByte.HELD, process), HELD));
      rows.add(new Row("lock held", pid(false, OwnerByte.HELD, true, process), HELD));
    }

    // An unreadable identity cannot be compared, whatever the other evidence says.
    for (OwnerProcess process : OwnerProcess.values()) {
      for (OwnerByte lock :
          List.of(OwnerByte.FREE, OwnerByte.MISSING, OwnerByte.UNKNOWN, OwnerByte.DENIED)) {
        for (Part boot : Part.values()) {
          rows.add(
              new Row(
                  "unreadable identity",
                  owner(Part.UNREADABLE, boot, Part.OTHER, true, lock, process),
                  UNREADABLE_HOST));
          if (boot != Part.UNREADABLE) {
            rows.add(
                new Row(
                    "unreadable identity",
                    owner(Part.SAME, boot, Part.UNREADABLE, true, lock, process),
                    UNREADABLE_NAMESPACE));
          }
        }
        rows.add(
            new Row(
                "unreadable identity",
                owner(Part.SAME, Part.UNREADABLE, Part.SAME, true, lock, process),
                UNREADABLE_BOOT));
      }
    }

    // Another boot, with or without proof that it is over.
    for (OwnerProcess process : OwnerProcess.values()) {
      boolean same = process == OwnerProcess.SAME;
      String over = same ? "seen alive in another boot" : "another boot";
      String unproven = same ? "seen alive in another boot" : "unproven boot";
      for (OwnerByte lock : List.of(OwnerByte.FREE, OwnerByte.MISSING, OwnerByte.DENIED)) {
        for (boolean claims : List.of(true, false)) {
          rows.add(
              new Row(
                  over, boot(Part.OVER, claims, lock, process), same ? BOOT_CONTRADICTED : BOOT));
          rows.add(
              new Row(
                  unproven,
                  boot(Part.OTHER, claims, lock, process),
                  same ? BOOT_CONTRADICTED : BOOT_UNPROVEN));
        }
      }
    }

    // A Sexton record that names no owner. The evidence for the original's records does not apply.
    for (OwnerProcess process : OwnerProcess.values()) {
      for (Interpreter interpreter : Interpreter.values()) {
        rows.add(
            new Row(
                "no identity",
                new PidOnly(
                    false,
                    new PidScope(false, true),
                    OwnerByte.FREE,
                    new Candidate(42, process, interpreter, false, false),
                    false),
                NO_IDENTITY));
      }
    }

    // Two pieces of evidence disagree, and the one that spares wins.
    for (OwnerByte lock :
        List.of(OwnerByte.FREE, OwnerByte.MISSING, OwnerByte.UNKNOWN, OwnerByte.DENIED)) {
      rows.add(new Row("owner seen alive", owner(true, lock, OwnerProcess.SAME), RUNNING));
      rows.add(new Row("owner seen alive", owner(false, lock, OwnerProcess.SAME), RUNNING));
    }

    // The owner is seen from outside under the PID that it has inside its namespace.
    for (OwnerByte lock :
        List.of(OwnerByte.FREE, OwnerByte.MISSING, OwnerByte.UNKNOWN, OwnerByte.DENIED)) {
      rows.add(new Row("owner seen alive", elsewhere(lock, OwnerProcess.SAME), RUNNING));
    }
    for (OwnerByte lock : List.of(OwnerByte.MISSING, OwnerByte.UNKNOWN)) {
      rows.add(
          new Row(
              "namespace gone",
              owner(Part.SAME, Part.SAME, Part.OVER, true, lock, OwnerProcess.HIDDEN),
              NAMESPACE_GONE));
      rows.add(
          new Row(
              "namespace gone",
              owner(Part.SAME, Part.SAME, Part.OVER, false, lock, OwnerProcess.HIDDEN),
              NAMESPACE_GONE));
    }

    for (OwnerProcess process :
        List.of(
            OwnerProcess.ABSENT, OwnerProcess.ZOMBIE, OwnerProcess.OTHER, OwnerProcess.HIDDEN)) {
      rows.add(new Row("lock hidden", owner(true, OwnerByte.DENIED, process), LOCK_HIDDEN));
      rows.add(new Row("lock hidden", elsewhere(OwnerByte.DENIED, process), LOCK_HIDDEN));
      rows.add(new Row("lock free", owner(true, OwnerByte.FREE, process), FREE));
      rows.add(new Row("lock free", elsewhere(OwnerByte.FREE, process), FREE));
      for (OwnerByte lock : List.of(OwnerByte.MISSING, OwnerByte.UNKNOWN)) {
        rows.add(new Row("another namespace", elsewhere(lock, process), NAMESPACE));
      }
    }

    // Judged by identity: the lock is missing, cannot be checked, or is free but was never claimed.
    for (OwnerByte lock : List.of(OwnerByte.MISSING, OwnerByte.UNKNOWN)) {
      rows.add(new Row("owner hidden", owner(true, lock, OwnerProcess.HIDDEN), HIDDEN));
      rows.add(new Row("owner gone", owner(true, lock, OwnerProcess.ABSENT), GONE));
      rows.add(new Row("owner gone", owner(true, lock, OwnerProcess.ZOMBIE), ZOMBIE));
      rows.add(new Row("owner gone", owner(true, lock, OwnerProcess.OTHER), OTHER));
    }
    rows.add(new Row("owner gone", owner(false, OwnerByte.FREE, OwnerProcess.ABSENT), GONE));
    rows.add(
        new Row(
            "nothing proves it dead", owner(false, OwnerByte.FREE, OwnerProcess.SOME), NOTHING));

    // A bare PID.
    for (Interpreter interpreter : Interpreter.values()) {
      rows.add(new Row("owner hidden", pid(OwnerProcess.HIDDEN, interpreter), HIDDEN));
      rows.add(new Row("owner gone", pid(OwnerProcess.ABSENT, interpreter), GONE));
      rows.add(new Row("owner gone", pid(OwnerProcess.ZOMBIE, interpreter), ZOMBIE));
      rows.add(new Row("owner gone", pid(OwnerProcess.OTHER, interpreter), OTHER));
    }
    rows.add(
        new Row(
            "owner hidden", pid(OwnerProcess.SOME, Interpreter.HIDDEN, true, true, true), HIDDEN));
    for (OwnerProcess process : OwnerProcess.values()) {
      rows.add(
          new Row("from another namespace", pid(false, OwnerByte.FREE, false, process), INSIDE));
    }
    rows.add(new Row("no longer Python", pid(OwnerProcess.SOME, Interpreter.OTHER), NO_PYTHON));
    rows.add(
        new Row(
            "no longer Python",
            pid(OwnerProcess.SOME, Interpreter.OTHER, false, true, true),
            NO_PYTHON));
    rows.add(
        new Row(
            "no longer Python",
            pid(OwnerProcess.SOME, Interpreter.OTHER, true, false, false),
            OLDER));
    rows.add(
        new Row(
            "has a recorded child",
            pid(OwnerProcess.SOME, Interpreter.PYTHON, false, true, true),
            CHILD));
    rows.add(
        new Row(
            "started later",
            pid(OwnerProcess.SOME, Interpreter.PYTHON, false, false, true),
            LATER));
    rows.add(new Row("nothing proves it dead", pid(OwnerProcess.SOME, Interpreter.PYTHON), PYTHON));
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eachRowHasItsVerdict(Row row) {
    assertThat(new LivenessRules().judge(row.evidence())).isEqualTo(row.verdict());
  }

  static IntStream rules() {
    return IntStream.range(0, LivenessRules.size());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void withoutAnyRuleOneOfItsOwnRowsFails(int rule) {
    LivenessRules without = LivenessRules.without(rule);
    assertThat(rows().filter(row -> row.rule().equals(LivenessRules.name(rule))))
        .as("rows of \"%s\"", LivenessRules.name(rule))
        .anyMatch(row -> !without.judge(row.evidence()).equals(row.verdict()));
  }

  @Test
  void everyRowNamesARule() {
    assertThat(rows().map(Row::rule).distinct())
        .containsExactlyInAnyOrderElementsOf(rules().mapToObj(LivenessRules::name).toList());
  }

  @Test
  void withoutAnyRuleNothingIsDead() {
    for (int rule = 0; rule < LivenessRules.size(); rule++) {
      LivenessRules without = LivenessRules.without(rule);
      assertThat(without.judge(owner(true, OwnerByte.HELD, OwnerProcess.SAME)).liveness())
          .isEqualTo(dev.sexton.Liveness.ALIVE);
    }
  }

  @Test
  void theProtocolHasTheSameTable() throws IOException {
    List<String> names = Texts.firstColumn(Path.of("../docs/protocol.md"), "## Liveness");
    assertThat(names).isEqualTo(rules().mapToObj(LivenessRules::name).toList());
  }
}

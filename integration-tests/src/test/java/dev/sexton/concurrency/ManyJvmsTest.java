package dev.sexton.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.SweepReport;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.torture.World;
import dev.sexton.torture.World.Eyes;
import dev.sexton.torture.World.SweepProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Runs many servers in one state directory. Each registers, sweeps and exits.
@Gate("takes long")
class ManyJvmsTest {
  private static final int JVMS = 20;
  private static final int ROUNDS = 4;

  @RegisterExtension final World world = new World();

  @Test
  void noRecordIsTornOrLostAndNobodyAliveIsSwept() {
    world.populate();
    List<Proc> bystanders = world.population();
    List<SweepProcess> servers = new ArrayList<>();
    for (int i = 0; i < JVMS; i++) {
      List<String> arguments =
          List.of(world.state().toString(), String.valueOf(ROUNDS), i % 2 == 0 ? "die" : "live");
      servers.add(world.sweepProcess(world.java(Churn.class, arguments)));
    }
    servers.forEach(server -> server.awaitLine("ready"));
    servers.forEach(SweepProcess::go);

    Set<String> lived = new TreeSet<>();
    Set<String> died = new TreeSet<>();
    for (SweepProcess server : servers) {
      for (String line : server.lines()) {
        String[] words = line.split(" ", -1);
        (words[0].equals("died") ? died : lived).add(words[1]);
      }
    }
    assertThat(died).as(world::errors).hasSize(JVMS / 2);
    assertThat(lived).as(world::errors).hasSize(JVMS * ROUNDS - JVMS / 2);

    SweepReport report = world.sweep(Eyes.RESIDENT, World.PATIENT);

    assertThat(report.isClean()).isTrue();
    assertThat(report.problems()).isEmpty();
    assertThat(world.population()).as("who is left").hasSameElementsAs(bystanders);
    assertThat(world.files()).as("only the healthy sibling's").hasSize(1);
    List<JsonObject> journal =
        World.text(world.state().resolve("journal.jsonl"))
            .lines()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .filter(line -> !line.get("kind").getAsString().equals("signal"))
            .toList();
    assertThat(journal.stream().map(line -> line.get("instance_id").getAsString()))
        .as("two lines for each of the dead, and none for the living: %s", journal)
        .containsExactlyInAnyOrderElementsOf(
            died.stream().flatMap(id -> List.of(id, id).stream()).toList());
    assertThat(journal.stream().filter(line -> line.get("kind").getAsString().equals("process")))
        .allSatisfy(line -> assertThat(line.get("outcome").getAsString()).isEqualTo("STOPPED"));
  }
}

package dev.sexton.mcp.tool;

import dev.sexton.History;
import dev.sexton.HistoryEntry;
import dev.sexton.Instances;
import dev.sexton.Inventory;
import dev.sexton.ReportJson;
import dev.sexton.StateScope;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.Sweeper;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Lists and sweeps the instances of this machine. The results have the same keys as what the
/// `sexton` command prints with `--json`, so a program that can read one can read the other.
/// Thread-safe.
public final class MachineReports {
  /// A sweep is bounded by its grace period and by the limits of each call of an engine.
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final StateScope scope;
  private final String version;

  /// Creates reports about a scope.
  ///
  /// @param version the version of Sexton, which every report names
  public MachineReports(StateScope scope, String version) {
    this.scope = scope;
    this.version = version;
  }

  /// Returns every instance, as `sexton list --json` prints them.
  public Map<String, Object> list() throws RefusalException {
    Inventory inventory = Instances.in(scope).list();
    require("list", inventory.problems());
    return document(ReportJson.of(inventory));
  }

  /// Does the same with progress messages to the client, which may cancel the call.
  Map<String, Object> list(Call call) throws RefusalException {
    return following(call, "list", this::list);
  }

  /// Sweeps, and returns what `sexton sweep --json` prints. Sends progress messages to the client,
  /// which may cancel the call.
  ///
  /// @param instance the UUID of the only instance to sweep, or the beginning of it; null for all
  /// @param dryRun whether to change nothing
  Map<String, Object> sweep(Call call, @Nullable String instance, boolean dryRun)
      throws RefusalException {
    return following(call, "sweep", () -> sweep(instance, dryRun));
  }

  private Map<String, Object> sweep(@Nullable String instance, boolean dryRun)
      throws RefusalException {
    Sweeper.Builder sweeper =
        Sweeper.builder()
            .scope(scope)
            .dryRun(dryRun)
            .patience(Sweeper.patience(Instances.DEFAULT_GRACE));
    if (instance != null) {
      sweeper.instance(complete(instance));
    }
    SweepReport report = sweeper.build().sweep();
    require("sweep", report.problems());
    return document(ReportJson.of(report, report.isDone() && scope.isComplete(report.problems())));
  }

  /// Returns the whole UUID for its beginning.
  private String complete(String prefix) throws RefusalException {
    if (Instances.isInstanceId(prefix)) {
      return prefix;
    }
    List<String> found = Instances.in(scope).find(prefix);
    if (found.size() != 1) {
      throw new RefusalException(
          "instance " + prefix + " is " + (found.isEmpty() ? "no instance" : "several instances"),
          "give its whole UUID, as orphans_list shows it");
    }
    return found.getFirst();
  }

  /// Returns what was stopped, oldest first, each as `sexton history --json` prints it.
  ///
  /// @param since how far to look back
  /// @param instance the beginning of the UUID of the only instance to show; empty for all
  public List<Map<String, Object>> history(Duration since, String instance)
      throws RefusalException {
    History history = History.read(scope);
    if (!history.hasJournal() && !history.problems().isEmpty()) {
      throw refusal("history", history.problems().getFirst());
    }
    Instant earliest = Instant.now().minus(since);
    List<Map<String, Object>> stops = new ArrayList<>();
    for (HistoryEntry entry : history.entries()) {
      if (entry.concerns(earliest, instance)) {
        stops.add(nonNull(ReportJson.of(entry)));
      }
    }
    return stops;
  }

  private void require(String what, List<Problem> problems) throws RefusalException {
    Problem fatal = scope.fatal(problems);
    if (fatal != null) {
      throw refusal(what, fatal);
    }
  }

  private static RefusalException refusal(String what, Problem problem) {
    return new RefusalException(what + " failed", problem.text());
  }

  private Map<String, Object> document(Map<String, @Nullable Object> report) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("version", version);
    document.putAll(nonNull(report));
    return document;
  }

  /// The SDK's signatures know no null values. Its JSON does.
  @SuppressWarnings("NullAway") // A null value reaches the JSON writer only.
  private static Map<String, Object> nonNull(Map<String, @Nullable Object> json) {
    return json;
  }

  private static Map<String, Object> following(
      Call call, String what, Callable<Map<String, Object>> work) throws RefusalException {
    CompletableFuture<Map<String, Object>> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("sexton-" + what)
        .start(() -> {
          try {
            result.complete(work.call());
          } catch (Exception failed) {
            result.completeExceptionally(failed);
          }
        });
    if (!call.await(result::isDone, LIMIT, () -> "sexton " + what + " is at work")) {
      throw new RefusalException(
          "sexton " + what + " takes very long", "see history for what it has done");
    }
    try {
      return result.get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RefusalException("the server is shutting down", "start it again");
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RefusalException refused) {
        throw refused;
      }
      throw new RefusalException(what + " failed (" + failed.getCause() + ")", "report it");
    }
  }

  /// Returns the objects of an array in a document.
  static List<Map<?, ?>> objects(Map<?, ?> document, String key) {
    List<Map<?, ?>> objects = new ArrayList<>();
    if (document.get(key) instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> object) {
          objects.add(object);
        }
      }
    }
    return objects;
  }
}

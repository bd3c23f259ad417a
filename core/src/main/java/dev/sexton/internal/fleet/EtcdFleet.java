package dev.sexton.internal.fleet;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A fleet in etcd. The server itself ends a lease that is not renewed, so no clock of a client
/// counts. Keys are described in `docs/protocol.md`.
public final class EtcdFleet implements Fleet {
  /// The limit for each member. The first exchange with TLS takes a JVM on a busy machine seconds.
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /// The limit for giving a lease back while the process ends.
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  /// A lease that was taken.
  ///
  /// @param id its number in etcd; never 0
  /// @param hostKey the key that depends on it
  private record Lease(long id, String hostKey) {
    JsonObject json() {
      JsonObject json = new JsonObject();
      json.addProperty("ID", Long.toString(id));
      return json;
    }

    /// Returns the condition that the key still exists.
    JsonObject isHeld() {
      return EtcdJson.condition(hostKey, "version", "GREATER", 0);
    }
  }

  private final String name;
  private final String prefix;
  private final EtcdClient client;
  private volatile @Nullable Lease lease;

  /// Creates a client for a fleet. Does not connect.
  public EtcdFleet(FleetSettings settings) {
    this.name = settings.name();
    this.prefix = settings.prefix();
    this.client = new EtcdClient(settings);
  }

  private String hosts() {
    return prefix + "hosts/";
  }

  private String instances() {
    return prefix + "instances/";
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void take(FleetHost host, Duration duration) throws IOException {
    Lease taken = new Lease(1 + RANDOM.nextLong(Long.MAX_VALUE), hosts() + host.watcher());
    JsonObject grant = taken.json();
    grant.addProperty("TTL", Long.toString(Math.max(1, duration.toSeconds())));
    call("lease/grant", grant);
    JsonObject put = EtcdJson.put(taken.hostKey(), FleetJson.write(host));
    put.addProperty("lease", Long.toString(taken.id()));
    call("kv/put", put);
    lease = taken;
  }

  @Override
  public boolean renew() throws IOException {
    Lease held = lease;
    if (held == null) {
      return false;
    }
    JsonObject result = Json.object(call("lease/keepalive", held.json()), "result");
    if (EtcdJson.number(result, "TTL") <= 0) {
      return false;
    }
    return Json.get(transact(EtcdJson.array(held.isHeld()), new JsonArray()), "succeeded") != null;
  }

  @Override
  public View look() throws IOException {
    JsonObject answer =
        transact(
            new JsonArray(),
            EtcdJson.array(
                EtcdJson.object("request_range", EtcdJson.prefix(hosts())),
                EtcdJson.object("request_range", EtcdJson.prefix(instances()))));
    JsonArray ranges = Json.array(answer, "responses");
    if (ranges.size() != 2) {
      throw new IOException("etcd gave no valid answer: it has not two lists");
    }
    Map<String, FleetHost> hosts = new HashMap<>();
    Map<String, Entry> instances = new HashMap<>();
    List<String> unreadable = new ArrayList<>();
    for (JsonObject one : entries(ranges.get(0))) {
      String watcher = EtcdJson.text(one, "key").substring(hosts().length());
      try {
        hosts.put(watcher, FleetJson.readHost(watcher, EtcdJson.text(one, "value")));
      } catch (IOException other) {
        unreadable.add(watcher);
      }
    }
    for (JsonObject one : entries(ranges.get(1))) {
      String id = EtcdJson.text(one, "key").substring(instances().length());
      try {
        FleetInstance instance = FleetJson.readInstance(id, EtcdJson.text(one, "value"));
        instances.put(id, new Entry(instance, EtcdJson.number(one, "mod_revision")));
      } catch (IOException other) {
        unreadable.add(id);
      }
    }
    return new View(hosts, instances, unreadable);
  }

  private static List<JsonObject> entries(JsonElement response) throws IOException {
    List<JsonObject> entries = new ArrayList<>();
    JsonObject range =
        response instanceof JsonObject object
            ? Json.object(object, "response_range")
            : new JsonObject();
    for (JsonElement entry : Json.array(range, "kvs")) {
      if (!(entry instanceof JsonObject object)) {
        throw new IOException("etcd gave no valid answer: an entry is not an object");
      }
      entries.add(object);
    }
    return entries;
  }

  @Override
  public long claim(FleetInstance instance, long revision, @Nullable String formerWatcher)
      throws IOException {
    String key = instances() + instance.instanceId();
    JsonArray operations =
        EtcdJson.array(
            EtcdJson.object("request_put", EtcdJson.put(key, FleetJson.write(instance))));
    JsonObject answer = transact(conditions(key, revision, formerWatcher), operations);
    return Json.get(answer, "succeeded") == null
        ? 0
        : EtcdJson.number(Json.object(answer, "header"), "revision");
  }

  @Override
  public boolean finish(String instanceId, long revision, @Nullable String formerWatcher)
      throws IOException {
    String key = instances() + instanceId;
    JsonArray operations =
        EtcdJson.array(EtcdJson.object("request_delete_range", EtcdJson.key(key)));
    JsonObject answer = transact(conditions(key, revision, formerWatcher), operations);
    return Json.get(answer, "succeeded") != null;
  }

  /// A lost answer to a write makes its repetition fail, because the revision has changed. The next
  /// look then shows that nothing remains to be done.
  private JsonArray conditions(String key, long revision, @Nullable String formerWatcher)
      throws IOException {
    Lease held = lease;
    if (held == null) {
      throw new IOException("no lease was taken");
    }
    JsonArray conditions =
        EtcdJson.array(held.isHeld(), EtcdJson.condition(key, "mod_revision", "EQUAL", revision));
    if (formerWatcher != null) {
      conditions.add(EtcdJson.condition(hosts() + formerWatcher, "version", "EQUAL", 0));
    }
    return conditions;
  }

  private JsonObject transact(JsonArray conditions, JsonArray operations) throws IOException {
    return call("kv/txn", EtcdJson.transaction(conditions, operations));
  }

  @Override
  public void leave() throws IOException {
    Lease held = lease;
    lease = null;
    if (held == null) {
      return;
    }
    try {
      var _ = client.call("lease/revoke", held.json(), LEAVE_LIMIT);
    } catch (EtcdClient.Refused refused) {
      if (!refused.isNotFound()) {
        throw refused;
      }
    }
  }

  private JsonObject call(String path, JsonObject body) throws IOException {
    return client.call(path, body, LIMIT);
  }

  @Override
  public void close() {
    client.close();
  }
}

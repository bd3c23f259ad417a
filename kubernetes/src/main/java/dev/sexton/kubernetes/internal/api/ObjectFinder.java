package dev.sexton.kubernetes.internal.api;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.HttpDate;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.PercentEncoding;
import dev.sexton.internal.http.Text;
import dev.sexton.kubernetes.internal.config.Place;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Lists the labelled objects of one namespace, in the order of [ObjectKind].
final class ObjectFinder {
  /// The number of objects in a page, as in kubectl.
  private static final int PAGE = 500;

  /// Only metadata are read. The content of secrets never leaves the cluster.
  private static final String METADATA =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

  /// The form of a label's key without a prefix. No object can have another.
  private static final Pattern KEY =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  private final ApiClient client;
  private final String namespace;

  ObjectFinder(ApiClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  List<LabelledResource> find(Set<String> labelKeys) throws IOException {
    Map<String, LabelledResource> found = new LinkedHashMap<>();
    for (ObjectKind kind : ObjectKind.values()) {
      for (String key : labelKeys) {
        if (KEY.matcher(key).matches()) {
          find(kind, key, found);
        }
      }
    }
    if (found.isEmpty()) {
      requireNamespace(); // The lists of a namespace that does not exist are empty.
    }
    return List.copyOf(found.values());
  }

  private void requireNamespace() throws IOException {
    HttpResponse response = client.get("/api/v1/namespaces/" + namespace);
    if (ApiClient.isNotFound(response, namespace)) {
      throw client.failure(
          "there is no namespace " + namespace + "; correct " + Place.VARIABLE + ", or create it");
    }
    if (!response.isSuccess() && response.status() != 403) {
      throw client.refusal("get the namespace", response);
    }
  }

  /// Reads all pages. A list that takes the cluster longer than it keeps old versions (410) is
  /// begun again, in one page.
  private void find(ObjectKind kind, String key, Map<String, LabelledResource> found)
      throws IOException {
    String base = kind.path(namespace) + "?labelSelector=" + PercentEncoding.encode(key);
    String paged = base + "&limit=" + PAGE;
    HttpResponse response = client.call("GET", paged, "", METADATA);
    String next = add(kind, key, response, found);
    while (!next.isEmpty()) {
      String path = paged + "&continue=" + PercentEncoding.encode(next);
      response = client.call("GET", path, "", METADATA);
      if (response.status() == 410) {
        response = client.call("GET", base, "", METADATA);
      }
      next = add(kind, key, response, found);
    }
  }

  /// Adds the objects of a page.
  ///
  /// @return what continues the list; empty at its end
  private String add(
      ObjectKind kind, String key, HttpResponse response, Map<String, LabelledResource> found)
      throws IOException {
    String request = "list " + kind.plural();
    JsonObject list = client.object(request, response);
    try {
      if (!list.has("items")) {
        throw new IOException("it is not a list");
      }
      for (JsonElement element : Json.array(list, "items")) {
        if (!(element instanceof JsonObject object)) {
          throw new IOException("an entry is not an object");
        }
        Metadata metadata = Metadata.of(object);
        // Checked again, in case something between ignores what was asked for.
        if (metadata.labels().containsKey(key) && isHere(object)) {
          found.putIfAbsent(metadata.uid(), resource(kind, metadata, response));
        }
      }
      return Json.string(Json.object(list, "metadata"), "continue");
    } catch (IOException invalid) {
      throw client.nonsense(request, invalid);
    }
  }

  private boolean isHere(JsonObject object) throws IOException {
    return Json.string(Json.object(object, "metadata"), "namespace").equals(namespace);
  }

  private LabelledResource resource(ObjectKind kind, Metadata metadata, HttpResponse list) {
    return new LabelledResource(
        kind.reported(),
        metadata.uid(),
        Text.forPerson(ObjectName.reported(namespace, metadata.name())),
        metadata.labels(),
        new LabelledResource.Details(
            metadata.deletion().begun() ? "terminating" : "", "", age(metadata, list)));
  }

  /// Returns the age by the cluster's own clock; null if it is not known.
  private static @Nullable Duration age(Metadata metadata, HttpResponse list) {
    Long now = HttpDate.seconds(list.header("Date"));
    Instant created = metadata.created();
    return now == null || created == null
        ? null
        : Duration.between(created, Instant.ofEpochSecond(now));
  }
}

package io.holdfast.client;

import io.holdfast.protocol.Format;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Requests with the client's credentials; a token that is refused is renewed once. */
final class RestCaller {
  private static final Pattern LINK = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?(\\w+)\"?");

  private final Http http;
  private final Credentials credentials;
  private final ClientOptions options;

  RestCaller(Http http, Credentials credentials, ClientOptions options) {
    this.http = http;
    this.credentials = credentials;
    this.options = options;
  }

  Format format() {
    return options.format();
  }

  /** What reads the items of a page. */
  interface Items<T> {
    List<T> read(Format format, byte[] body);
  }

  /** A good answer; throws what it says otherwise. */
  Http.Answer call(Http.Ask ask) throws InterruptedException {
    Http.Answer answer = any(ask);
    if (answer.status() >= 300) {
      throw new HoldfastException(answer.error());
    }
    return answer;
  }

  /** An answer, good or not. */
  Http.Answer any(Http.Ask ask) throws InterruptedException {
    Proof proof = credentials.proof();
    Http.Answer answer = http.send(signed(ask, proof));
    boolean over = answer.status() == 401 && Credentials.blamesToken(answer.error());
    if (!over || !credentials.renewable()) {
      return answer;
    }
    return http.send(signed(ask, credentials.renewed(proof)));
  }

  private Http.Ask signed(Http.Ask ask, Proof proof) {
    Http.Ask signed = ask.header("Authorization", proof.header());
    String clientId = options.clientId();
    if (proof instanceof Proof.Key && clientId != null) {
      byte[] utf8 = clientId.getBytes(StandardCharsets.UTF_8);
      signed = signed.header("X-Ably-ClientId", Base64.getEncoder().encodeToString(utf8));
    }
    return signed;
  }

  <T> Page<T> page(String path, Map<String, String> query, Items<T> items)
      throws InterruptedException {
    Http.Answer answer = call(Http.Ask.get(path, query));
    List<T> read = answer.status() == 204 ? List.of() : items.read(answer.format(), answer.body());
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    return new Linked<>(
        Collections.unmodifiableList(new ArrayList<>(read)),
        link(answer, folder, "next"),
        link(answer, folder, "first"),
        items);
  }

  /** Where a link of the answer leads, which is told relative to what was asked. */
  private static @Nullable String link(Http.Answer answer, String folder, String rel) {
    for (String header : answer.headers().allValues("Link")) {
      Matcher link = LINK.matcher(header);
      while (link.find()) {
        if (link.group(2).equals(rel) && link.group(1).startsWith("./")) {
          return folder + link.group(1).substring(2);
        }
      }
    }
    return null;
  }

  private final class Linked<T> implements Page<T> {
    private final List<T> items;
    private final @Nullable String next;
    private final @Nullable String first;
    private final Items<T> reader;

    Linked(List<T> items, @Nullable String next, @Nullable String first, Items<T> reader) {
      this.items = items;
      this.next = next;
      this.first = first;
      this.reader = reader;
    }

    @Override
    public List<T> items() {
      return items;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Optional<Page<T>> next() throws InterruptedException {
      return follow(next);
    }

    @Override
    public Optional<Page<T>> first() throws InterruptedException {
      return follow(first);
    }

    private Optional<Page<T>> follow(@Nullable String path) throws InterruptedException {
      if (path == null) {
        return Optional.empty();
      }
      int mark = path.indexOf('?');
      String folder = path.substring(0, path.lastIndexOf('/', mark < 0 ? path.length() : mark) + 1);
      Http.Answer answer = call(Http.Ask.get(path, Map.of()));
      List<T> read =
          answer.status() == 204 ? List.of() : reader.read(answer.format(), answer.body());
      return Optional.of(
          new Linked<>(
              Collections.unmodifiableList(new ArrayList<>(read)),
              link(answer, folder, "next"),
              link(answer, folder, "first"),
              reader));
    }

    @Override
    public Stream<T> stream() {
      return StreamSupport.stream(new Walk<>(this), false);
    }
  }

  /** The items of a page and of those after it. */
  private static final class Walk<T> extends Spliterators.AbstractSpliterator<T> {
    private @Nullable Page<T> page;
    private int at;

    Walk(Page<T> first) {
      super(Long.MAX_VALUE, Spliterator.ORDERED);
      page = first;
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
      while (page != null) {
        if (at < page.items().size()) {
          action.accept(page.items().get(at++));
          return true;
        }
        page = following(page);
        at = 0;
      }
      return false;
    }

    private static <T> @Nullable Page<T> following(Page<T> page) {
      try {
        return page.next().orElse(null);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HoldfastException(Fault.INTERRUPTED.info(), e);
      }
    }
  }
}

package io.holdfast.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The configuration file: the apps, their keys, the namespaces, limits, and any flag of the command
 * line under its name.
 *
 * @param faults all mistakes, each with its path in the file; nothing else counts when there is one
 */
record ConfigFile(
    @Nullable String host,
    @Nullable Integer port,
    @Nullable String data,
    @Nullable String journal,
    @Nullable Integer replicas,
    boolean sandbox,
    List<App> apps,
    Map<String, Rules> namespaces,
    Limits limits,
    List<String> faults) {
  /** What stands when there is no file. */
  static final ConfigFile NONE =
      new ConfigFile(
          null, null, null, null, null, false, List.of(), Map.of(), Limits.DEFAULT, List.of());

  static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  static final String ID_FORM = "letters, digits, - and _, 64 at the most";

  private static final Pattern NAMESPACE = Pattern.compile("[^:\\[\\]]{1,200}");
  private static final Pattern SECRET = Pattern.compile("\\S{1,200}");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
  private static final int MAX_CHARACTERS = 4 << 20;

  static ConfigFile read(Path file) {
    List<String> faults = new ArrayList<>();
    Object document = null;
    String text = "";
    try {
      LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_CHARACTERS).build();
      text = Files.readString(file);
      document = new Load(settings).loadFromString(text);
    } catch (IOException e) {
      faults.add("the file cannot be read");
    } catch (YamlEngineException e) {
      faults.add("the file is not valid YAML" + fault(e, text));
    }
    Section root = Section.root(document, faults);
    Map<String, Rules> namespaces = namespaces(root);
    List<App> apps = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Section section : root.sections("apps")) {
      App app = app(section);
      apps.add(app);
      if (!ids.add(app.id()) && !app.id().isEmpty()) {
        section.fault("id: is there twice");
      }
    }
    Section limits = root.section("limits");
    int port = (int) root.number("port", -1, 0, 65_535);
    int replicas = (int) root.number("replicas", -1, 1, 5);
    ConfigFile read =
        new ConfigFile(
            root.text("host"),
            port < 0 ? null : Integer.valueOf(port),
            root.text("data"),
            root.text("journal"),
            replicas < 0 ? null : Integer.valueOf(replicas),
            root.flag("sandbox", false),
            List.copyOf(apps),
            namespaces,
            Limits.read(limits),
            faults);
    limits.finish();
    root.finish();
    return read;
  }

  /** Where and what, in the parser's words, without those of the file: one may be a secret. */
  private static String fault(YamlEngineException e, String text) {
    if (!(e instanceof MarkedYamlEngineException marked) || marked.getProblem() == null) {
      return "; one of its values is not what its tag says, or it is too large";
    }
    Set<String> words =
        WORD.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    String problem =
        WORD.matcher(marked.getProblem())
            .replaceAll(found -> words.contains(found.group()) ? "..." : found.group());
    String place =
        marked
            .getProblemMark()
            .map(mark -> ", line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
            .orElse("");
    return place + ": " + problem.strip();
  }

  private static App app(Section section) {
    String id = section.required("id", ID, ID_FORM);
    Map<String, ApiKey> keys = new LinkedHashMap<>();
    for (Section item : section.sections("keys")) {
      ApiKey key = key(id, item);
      if (keys.put(key.id(), key) != null && !key.id().isEmpty()) {
        item.fault("id: is there twice");
      }
    }
    App app = new App(id, Terms.STANDARD, keys, namespaces(section));
    section.finish();
    return app;
  }

  private static ApiKey key(String app, Section section) {
    ApiKey key =
        new ApiKey(
            app,
            section.required("id", ID, ID_FORM),
            section.required("secret", SECRET, "a text without spaces"),
            capability(section),
            section.flag("revocableTokens", false),
            Origin.FILE);
    section.finish();
    return key;
  }

  private static Capability capability(Section section) {
    Object value = section.value("capability");
    try {
      return value == null
          ? Capability.ALL
          : Capability.parse(value instanceof String text ? text : Json.text(value));
    } catch (IllegalArgumentException e) {
      section.fault("capability: " + e.getMessage());
      return Capability.ALL;
    }
  }

  private static Map<String, Rules> namespaces(Section section) {
    Map<String, Rules> namespaces = new LinkedHashMap<>();
    for (Section item : section.sections("namespaces")) {
      String id = item.required("id", NAMESPACE, "a name without colons and brackets");
      Duration retention = item.duration("retention", Rules.DEFAULT_RETENTION);
      Rules rules =
          new Rules(
              item.flag("persisted", Rules.OPEN.persisted()),
              item.flag("mutableMessages", Rules.OPEN.mutableMessages()),
              retention,
              item.duration("objectsRetention", Rules.DEFAULT_RETENTION),
              Origin.FILE);
      item.finish();
      if (namespaces.put(id, rules) != null && !id.isEmpty()) {
        item.fault("id: is there twice");
      }
    }
    return namespaces;
  }
}

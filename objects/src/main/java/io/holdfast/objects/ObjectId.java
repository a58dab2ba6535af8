package io.holdfast.objects;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of an object, which proves what it was created as: {@code type:hash@time}, the hash
 * being over the initial value and a nonce. The root alone has a plain name.
 *
 * @param hash of {@code initialValue:nonce}, SHA-256 as base64url without padding
 * @param time when it was made, ms by its creator's clock
 */
public record ObjectId(ObjectType type, String hash, long time) {
  /** The map that is always there. */
  public static final String ROOT = "root";

  private static final Pattern FORM =
      Pattern.compile("(map|counter):([A-Za-z0-9_-]{1,86})@([0-9]{1,15})");

  /** Reads {@link #toString}'s form; null for anything else, the root included. */
  public static @Nullable ObjectId parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    ObjectType type = matcher.group(1).equals("map") ? ObjectType.MAP : ObjectType.COUNTER;
    return new ObjectId(type, matcher.group(2), Long.parseLong(matcher.group(3)));
  }

  /** The kind of object that an id names, the root included; null for what is no id. */
  public static @Nullable ObjectType typeOf(String text) {
    if (text.equals(ROOT)) {
      return ObjectType.MAP;
    }
    ObjectId id = parse(text);
    return id == null ? null : id.type;
  }

  /** The name of an object to be created. */
  public static ObjectId of(ObjectType type, Initial initial, long time) {
    return new ObjectId(type, hash(initial), time);
  }

  /** Whether this was named after an initial value. */
  public boolean proves(Initial initial) {
    return hash.equals(hash(initial));
  }

  private static String hash(Initial initial) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(initial.value().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) ':');
      digest.update(initial.nonce().getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return type.word() + ":" + hash + "@" + time;
  }
}

package io.holdfast.bench;

import java.util.Locale;

/** A picture in the few shapes that a chart needs, readable on light and on dark pages. */
final class Svg {
  /** On a ground of its own: a page may be dark where the system is light. */
  private static final String STYLE =
      """
      <style>
      .ground { fill: #ffffff; stroke: #d0d7de }
      text { font: 13px system-ui, sans-serif; fill: #1f2328 }
      .title { font-size: 16px; font-weight: 600 }
      .small { font-size: 12px; fill: #59636e }
      .number { text-anchor: end }
      .ours { fill: #0969da; stroke: none }
      .theirs { fill: #afb8c1; stroke: none }
      .spread { stroke: #24292f; fill: none }
      .line { stroke: #0969da; stroke-width: 1.5; fill: none }
      @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; stroke: #3d444d }
      text { fill: #f0f6fc }
      .small { fill: #9198a1 }
      .ours { fill: #4493f8 }
      .theirs { fill: #656c76 }
      .spread { stroke: #d1d7e0 }
      .line { stroke: #4493f8 }
      }
      </style>
      """;

  private final StringBuilder shapes = new StringBuilder();
  private final int width;

  Svg(int width) {
    this.width = width;
  }

  void text(double x, double y, String style, String words) {
    shapes.append(
        "<text x=\"%s\" y=\"%s\"%s>%s</text>\n"
            .formatted(
                at(x), at(y), style.isEmpty() ? "" : " class=\"" + style + "\"", escaped(words)));
  }

  void bar(double x, double y, double length, double height, String style) {
    shapes.append(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\" class=\"%s\"/>\n"
            .formatted(at(x), at(y), at(length), at(height), style));
  }

  void line(double x, double y, double toX, double toY, String style) {
    shapes.append(
        "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>\n"
            .formatted(at(x), at(y), at(toX), at(toY), style));
  }

  /** Points with a line through them, each as {@code x,y}. */
  void through(String points, String style) {
    shapes.append("<polyline points=\"%s\" class=\"%s\"/>\n".formatted(points, style));
  }

  String render(int height, String title) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
    <title>%s</title>
    %s<rect x="0.5" y="0.5" width="%d" height="%d" rx="6" class="ground"/>
    %s</svg>
    """
        .formatted(
            width, height, width, height, escaped(title), STYLE, width - 1, height - 1, shapes);
  }

  /** A tenth of a pixel is more than anybody sees. */
  static String at(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static String escaped(String words) {
    return words
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}

"""The pictures of the benchmark as SVG: how much of each goal is used, and how costs grow."""

import html
import math

INK, FAINT, MET, MISSED = "#1f2933", "#cbd2d9", "#2a9d8f", "#d1495b"
COLOURS = {"publish": "#2a9d8f", "tick": "#e9a03b", "inspect": "#5b6ee1", "runs": "#d1495b", "run": "#8a5a9e",
           "version": "#7b8794"}


class Picture:
    def __init__(self, width, height, title):
        self.size = (width, height)
        self.parts = []
        self.text(16, 26, title, size=15, weight="bold")

    def text(self, x, y, words, size=11, colour=INK, anchor="start", weight="normal"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
                          f'font-weight="{weight}">{html.escape(words)}</text>')

    def line(self, x1, y1, x2, y2, colour=FAINT, width=1, dashes=""):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
                          f'stroke-width="{width}" stroke-dasharray="{dashes}"/>')

    def bar(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>')

    def dot(self, x, y, colour):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')

    def svg(self):
        width, height = self.size
        body = "\n".join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
                f'height="{height}" font-family="sans-serif">\n<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
                f'{body}\n</svg>\n')


def goals_picture(figures, number):
    """A bar per goal: what is used of what it allows, up to twice of it, with the spread as a line."""
    judged = [figure for figure in figures if figure.met is not None]
    left, scale, step = 400, 190, 22
    picture = Picture(1040, 74 + step * len(judged), "How much of each goal is used (the line: all of it)")

    def place(strain):
        return left + scale * min(strain, 2)

    for index, figure in enumerate(judged):
        y = 52 + step * index
        colour = MET if figure.met else MISSED
        picture.text(left - 8, y + 12, f"{figure.what}: {figure.beside}", anchor="end")
        picture.bar(left, y + 3, max(place(figure.strain) - left, 1), 12, colour)
        picture.line(place(max(figure.strain_low, 0)), y + 9, place(figure.strain_high), y + 9, INK)
        words = f"{number(figure.median)} {figure.unit}, goal {figure.goal}" + ("" if figure.met else ", missed")
        picture.text(place(2) + 8, y + 12, words)
    picture.line(place(1), 40, place(1), 60 + step * len(judged), INK, 1.5)
    return picture.svg()


class Panel:
    """One diagram with logarithmic axes; both ranges are of whole decades."""

    def __init__(self, picture, left, title, xs, ys):
        self.picture, self.left, self.top, self.width, self.height = picture, left, 64, 330, 280
        self.x_range, self.y_range = decades(xs), decades(ys)
        picture.text(left, 50, title)
        for power in range(self.x_range[0], self.x_range[1] + 1):
            x = self.x(10**power)
            picture.line(x, self.top, x, self.top + self.height)
            picture.text(x, self.top + self.height + 15, f"{10**power:,}", size=10, anchor="middle")
        for power in range(self.y_range[0], self.y_range[1] + 1):
            y = self.y(10**power)
            picture.line(left, y, left + self.width, y)
            picture.text(left - 6, y + 4, f"{10.0**power:g} ms", size=10, anchor="end")

    def x(self, value):
        return self.left + self.width * part(value, self.x_range)

    def y(self, value):
        return self.top + self.height * (1 - part(value, self.y_range))

    def curve(self, points, colour, dashes):
        for (x1, y1), (x2, y2) in zip(points, points[1:]):
            self.picture.line(self.x(x1), self.y(y1), self.x(x2), self.y(y2), colour, 2, dashes)
        for x, y in points:
            self.picture.dot(self.x(x), self.y(y), colour)


def decades(values):
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def part(value, powers):
    return (math.log10(value) - powers[0]) / (powers[1] - powers[0])


def growth_picture(curves):
    """`curves`: by the title of a panel the milliseconds of each command, by how many there are of something."""
    picture = Picture(1000, 390, "How cost grows: a command as a whole, both axes logarithmic")
    every = [value for commands in curves.values() for points in commands.values() for _, value in points]
    for index, (title, commands) in enumerate(curves.items()):
        xs = [x for points in commands.values() for x, _ in points]
        panel = Panel(picture, 70 + 430 * index, title, xs, every)
        for name, points in commands.items():
            panel.curve(points, COLOURS[name], "4 3" if name == "version" else "")
    for index, name in enumerate(next(iter(curves.values()))):
        y = 80 + 22 * index
        picture.line(870, y - 4, 892, y - 4, COLOURS[name], 2, "4 3" if name == "version" else "")
        picture.text(898, y, f"qflow {name}")
    return picture.svg()

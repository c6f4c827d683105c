"""Computes the reference values of the indicators: python3 test/analytics/reference/compute.py

Standard library only. Every value is the exact decimal expansion of its double; every result is computed with 120
significant digits (60 in the run of a million), from the definition and from all values again for each result where
that can be done, and rounded to a double once, at the end. None of this follows the way the indicators compute.
"""

import json
import math
import pathlib
from decimal import Decimal, getcontext

HERE = pathlib.Path(__file__).parent
RECORDED = HERE.parents[2] / "examples" / "macro-desk" / "data"
NOTHING = Decimal(10) ** -45


def rounded(result):
    """The double that is nearest; what 120 digits leave of an exact zero is zero."""
    if result is None:
        return None
    return 0.0 if abs(result) < NOTHING else float(result)


def each(values, compute):
    """Results of the values that are there, from all values up to each; null beside NA."""
    known, results = [], []
    for value in values:
        if value is None:
            results.append(None)
            continue
        known.append(Decimal(value))
        results.append(compute(known))
    return results


def mean(values):
    return sum(values) / len(values)


def deviation(values, degrees):
    middle = mean(values)
    return (sum((value - middle) ** 2 for value in values) / degrees).sqrt()


def last(length, compute):
    return lambda known: compute(known[-length:]) if len(known) >= length else None


def sma(length):
    return last(length, lambda w: rounded(mean(w)))


def wma(length):
    return last(
        length,
        lambda w: rounded(sum(value * (i + 1) for i, value in enumerate(w)) / (Decimal(length * (length + 1)) / 2)),
    )


def ema_of(values, length):
    """The last of the EMA, 2 v/(n+1) + before (n-1)/(n+1), from the mean of the first n on; None before."""
    if len(values) < length:
        return None
    level = mean(values[:length])
    for value in values[length:]:
        level = (2 * value + (length - 1) * level) / (length + 1)
    return level


def ema(length):
    return lambda known: rounded(ema_of(known, length))


def rsi_of(gains, losses):
    """Wilder's formula, 100 - 100 / (1 + RS)."""
    if losses == 0:
        return None if gains == 0 else Decimal(100)
    return 100 - 100 / (1 + gains / losses)


def rsi(length):
    def compute(known):
        if len(known) <= length:
            return None
        moves = [b - a for a, b in zip(known, known[1:])]
        gains = mean([max(move, Decimal(0)) for move in moves[:length]])
        losses = mean([max(-move, Decimal(0)) for move in moves[:length]])
        for move in moves[length:]:
            gains = (gains * (length - 1) + max(move, Decimal(0))) / length
            losses = (losses * (length - 1) + max(-move, Decimal(0))) / length
        return rounded(rsi_of(gains, losses))

    return compute


def macd(fast, slow, signal):
    def compute(known):
        lines = [
            ema_of(known[:n], fast) - ema_of(known[:n], slow) for n in range(slow, len(known) + 1)
        ]
        if not lines:
            return None
        smooth = ema_of(lines, signal)
        histogram = None if smooth is None else lines[-1] - smooth
        return {"macd": rounded(lines[-1]), "signal": rounded(smooth), "histogram": rounded(histogram)}

    return compute


def bollinger(length, deviations):
    def compute(window):
        middle, away = mean(window), deviation(window, length) * deviations
        return {"lower": rounded(middle - away), "middle": rounded(middle), "upper": rounded(middle + away)}

    return last(length, compute)


def volatility(length, per_year):
    def compute(window):
        if min(window) <= 0:
            return None
        returns = [b.ln() - a.ln() for a, b in zip(window, window[1:])]
        return rounded(100 * deviation(returns, length - 1) * Decimal(per_year).sqrt())

    return last(length + 1, compute)


def drawdown(known):
    falls = []
    for n, value in enumerate(known):
        peak = max(known[: n + 1])
        if peak > 0:
            falls.append((peak, 100 * (1 - value / peak)))
    if not falls:
        return None
    peak, fall = falls[-1]
    return {"peak": rounded(peak), "drawdown": rounded(fall), "maximum": rounded(max(fall for _, fall in falls))}


def z_score(length, degrees):
    def compute(window):
        spread = deviation(window, degrees)
        return None if spread == 0 else rounded((window[-1] - mean(window)) / spread)

    return last(length, compute)


def correlation(length):
    """By raw sums: (n Sxy - Sx Sy) / sqrt((n Sxx - Sx²)(n Syy - Sy²))."""

    def compute(pairs):
        if len(pairs) < length:
            return None
        xs, ys = zip(*pairs[-length:])
        n = Decimal(length)
        xy = n * sum(x * y for x, y in zip(xs, ys)) - sum(xs) * sum(ys)
        xx = n * sum(x * x for x in xs) - sum(xs) ** 2
        yy = n * sum(y * y for y in ys) - sum(ys) ** 2
        return None if xx == 0 or yy == 0 else rounded(xy / (xx * yy).sqrt())

    known, results = [], []

    def step(x, y):
        if x is not None and y is not None:
            known.append((Decimal(x), Decimal(y)))
            return compute(known)
        return None

    return step


def change(periods, values, before_of):
    """On the period that `before_of` names: per cent, and difference."""
    by_period = dict(zip(periods, values))
    results = {"percent": [], "difference": []}
    for period, value in zip(periods, values):
        before = by_period.get(before_of(period))
        there = value is not None and before is not None
        new, old = (Decimal(value), Decimal(before)) if there else (None, None)
        results["percent"].append(rounded(100 * (new / old - 1)) if there and old > 0 else None)
        results["difference"].append(rounded(new - old) if there else None)
    return results


def year_before(period):
    return f"{int(period[:4]) - 1:04d}{period[4:]}"


def period_before(period):
    year, rest = int(period[:4]), period[4:]
    if rest == "":
        return f"{year - 1:04d}"
    letter = rest[1] if rest[1] in "SQB" else ""
    per_year, number = {"S": 2, "Q": 4, "B": 6, "": 12}[letter], int(rest[1 + len(letter) :])
    width = 1 if letter else 2
    if number > 1:
        return f"{year:04d}-{letter}{number - 1:0{width}d}"
    return f"{year - 1:04d}-{letter}{per_year:0{width}d}"


INDICATORS = {
    "sma(1)": sma(1),
    "sma(5)": sma(5),
    "wma(5)": wma(5),
    "ema(5)": ema(5),
    "ema(12)": ema(12),
    "rsi(5)": rsi(5),
    "rsi(14)": rsi(14),
    "macd(3, 6, 4)": macd(3, 6, 4),
    "macd(12, 26, 9)": macd(12, 26, 9),
    "bollinger(20, 2)": bollinger(20, 2),
    "bollinger(5, 1.5)": bollinger(5, Decimal(1.5)),
    "volatility(5, 12)": volatility(5, 12),
    "volatility(20, 252)": volatility(20, 252),
    "drawdown": drawdown,
    "zScore(5)": z_score(5, 4),
    "zScore(12, population)": z_score(12, 12),
}


def of_values(values):
    return {name: each(values, compute) for name, compute in INDICATORS.items()}


def uniform(seed):
    """0 to 1 in steps of 2^-20, from x -> (69069 x + 1) mod 2^31: the same doubles in every language."""
    x = seed
    while True:
        x = (69069 * x + 1) % 2**31
        yield (x // 2**11) / 2**20


def walk(seed, count, start=100.0, step=1.0, least=1.0):
    value, random = start, uniform(seed)
    for _ in range(count):
        value = max(least, value + (next(random) - 0.5) * step)
        yield value


def long_walk(count):
    """A walk that leaps to 2^30 times its value now and then: a sum that slides never recovers from that."""
    for i, value in enumerate(walk(7, count)):
        yield value * 2**30 if i % 100_003 == 7 else value


def with_na(values):
    return [None if i % 11 == 3 else value for i, value in enumerate(values)]


def made():
    plain = list(walk(1, 90))
    return {
        "a walk": plain,
        "a walk with NA": with_na(walk(2, 90)),
        "around zero": list(walk(3, 90, start=0.0, least=-math.inf)),
        "a high level with small moves": list(walk(4, 90, start=1e6, step=2**-12)),
        "steady growth": [float(100 * 1.02**i) for i in range(60)],
        "constant": [3.7] * 45,
        "rising only": [0.1 * i for i in range(1, 45)],
    }


def recordings():
    """The recorded DBnomics series, by id."""
    series = {}
    for path in sorted(RECORDED.glob("*.json")):
        recording = json.loads(path.read_text())
        reply = recording.get("response2", recording)
        for doc in reply["series"]["docs"]:
            name = "/".join(doc[key] for key in ("provider_code", "dataset_code", "series_code"))
            values = [None if value in ("NA", None) else float(value) for value in doc["value"]]
            series[name] = {"frequency": doc["@frequency"], "period": doc["period"], "value": values}
    return series


def recorded():
    results = []
    for name, one in recordings().items():
        periods, values = one["period"], one["value"]
        of = of_values(values)
        for kind, changes in change(periods, values, year_before).items():
            of[f"changeOnYear({kind})"] = changes
        if one["frequency"] != "daily":
            for kind, changes in change(periods, values, period_before).items():
                of[f"changeOnPeriod({kind})"] = changes
        results.append({"name": name, "periods": periods, "values": values, "results": of})
    return results


def pairs():
    left, right = list(walk(5, 80)), list(walk(6, 80, start=1e6, step=2**-8))
    both = {
        "two walks": (left, right),
        "with NA": (with_na(left), [None if i % 7 == 5 else value for i, value in enumerate(right)]),
        "the same but for a factor": (left, [value * 3 for value in left]),
        "one constant": (left, [1.5] * 80),
        # Over thirty pairs the products about the means cancel to nothing.
        "hardly correlated": (
            [1.1 + (0.3 if i % 2 else -0.3) for i in range(80)],
            [[3, 1, -2, 4, 5, 1][i % 6] * 0.7 for i in range(80)],
        ),
    }
    results = []
    for name, (xs, ys) in both.items():
        of = {}
        for length in (2, 5, 30):
            step = correlation(length)
            of[f"correlation({length})"] = [step(x, y) for x, y in zip(xs, ys)]
        results.append({"name": name, "values": list(zip(xs, ys)), "results": of})
    return results


def long_run(count=1_000_000):
    """The results after a million values."""
    getcontext().prec = 60
    values = [Decimal(value) for value in long_walk(count)]
    fast, slow, signal, gains, losses = None, None, None, None, None
    lines, moves = [], []
    for i, value in enumerate(values):
        if i:
            move = value - values[i - 1]
            up, down = max(move, Decimal(0)), max(-move, Decimal(0))
            if gains is None:
                moves.append((up, down))
                if len(moves) == 14:
                    gains, losses = (mean(side) for side in zip(*moves))
            else:
                gains, losses = (gains * 13 + up) / 14, (losses * 13 + down) / 14
        fast = mean(values[:12]) if i == 11 else (2 * value + 11 * fast) / 13 if i > 11 else None
        slow = mean(values[:26]) if i == 25 else (2 * value + 25 * slow) / 27 if i > 25 else None
        if i < 25:
            continue
        line = fast - slow
        if signal is None:
            lines.append(line)
            signal = mean(lines) if len(lines) == 9 else None
        else:
            signal = (2 * line + 8 * signal) / 10
    peak, maximum = Decimal(0), Decimal(0)
    for value in values:
        peak = max(peak, value)
        maximum = max(maximum, 100 * (1 - value / peak))
    tail = {name: INDICATORS[name](values[-60:]) for name in ("sma(5)", "bollinger(20, 2)")}
    return {
        "count": count,
        "last": float(values[-1]),
        "results": {
            **tail,
            "ema(12)": rounded(fast),
            "rsi(14)": rounded(rsi_of(gains, losses)),
            "macd(12, 26, 9)": {
                "macd": rounded(line),
                "signal": rounded(signal),
                "histogram": rounded(line - signal),
            },
            "drawdown": {
                "peak": rounded(peak),
                "drawdown": rounded(100 * (1 - values[-1] / peak)),
                "maximum": rounded(maximum),
            },
        },
    }


def write(name, content):
    (HERE / f"{name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    getcontext().prec = 120
    write("made", [{"name": name, "values": values, "results": of_values(values)} for name, values in made().items()])
    write("recorded", recorded())
    write("pairs", pairs())
    write("long", long_run())

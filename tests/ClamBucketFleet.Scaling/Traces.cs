namespace ClamBucketFleet.Scaling;

/// <summary>The traces of docs/scaling.md.</summary>
public static class Traces
{
    public const int BurstAt = 600;

    private const int Hour = 3600;
    private const int Day = 24 * Hour;
    private const long Million = 1_000_000;
    private const int PeakOfTheWeek = 300;

    private static readonly Dictionary<string, string> One = new() { ["MinInstances"] = "1" };
    private static readonly Dictionary<string, string> Zero = new() { ["MinInstances"] = "0" };
    private static readonly Dictionary<string, string> Spot = new() { ["MinInstances"] = "1", ["OnDemandPercentage"] = "0" };

    public static Trace Burst { get; } =
        new("burst", "A million objects at once", TimeSpan.FromHours(3), One, (second, _) => Once(second, Million))
        {
            Finite = BurstAt,
        };

    public static Trace BurstFromZero { get; } =
        new("burst-from-zero", "A million objects at once, minimum 0", TimeSpan.FromHours(3), Zero, (second, _) => Once(second, Million))
        {
            Finite = BurstAt,
        };

    public static Trace Week { get; } =
        new("week", "A week with days, nights and a weekend", TimeSpan.FromDays(7), One, Wave);

    public static Trace Trickle { get; } =
        new("trickle", "An object every five minutes", TimeSpan.FromDays(2), One, (second, _) => Each(second, 300));

    public static Trace TrickleFromZero { get; } =
        new("trickle-from-zero", "An object every five minutes, minimum 0", TimeSpan.FromDays(2), Zero, (second, _) => Each(second, 300));

    public static Trace Sparse { get; } =
        new("sparse", "An object every three hours, minimum 0", TimeSpan.FromDays(2), Zero, (second, _) => Each(second, 3 * Hour));

    public static Trace Asleep { get; } =
        new("asleep", "An object every eight hours, minimum 0", TimeSpan.FromDays(2), Zero, (second, _) => Each(second, 8 * Hour));

    public static Trace Poison { get; } =
        new("poison", "20,000 unreadable messages among 20 objects a second", TimeSpan.FromHours(3), One, Flood);

    public static Trace PoisonThatHangs { get; } =
        new("poison-timeout", "20,000 messages that return by their timeout, among the same", TimeSpan.FromHours(3), One, Flood)
        {
            PoisonReturnsAtOnce = false,
        };

    public static Trace SpotLoss { get; } =
        new("spot-loss", "A million on Spot, half the fleet is lost", TimeSpan.FromHours(3), Spot, (second, _) => Once(second, Million))
        {
            Finite = BurstAt,
            InterruptionAt = BurstAt + 900,
            InterruptionShare = 0.5,
        };

    public static IReadOnlyList<Trace> All { get; } =
        [Burst, BurstFromZero, SpotLoss, Week, Trickle, TrickleFromZero, Sparse, Asleep, Poison, PoisonThatHangs];

    private static Arrivals Once(int second, long count) => new(second == BurstAt ? count : 0, 0);

    // Off the minute, as uploads are.
    private static Arrivals Each(int second, int interval) => new(second % interval == 137 ? 1 : 0, 0);

    private static Arrivals Flood(int second, Random random)
        => new(Poisson(20, random), second == BurstAt ? 20_000 : 0);

    // From Monday 00:00: low at 03:00, high at 15:00, two fifths of that at weekends.
    private static Arrivals Wave(int second, Random random)
    {
        var day = (1 - Math.Cos(2 * Math.PI * (second % Day / (double)Day - 0.125))) / 2;
        var rate = PeakOfTheWeek * (0.02 + 0.98 * day * day) * (second / Day >= 5 ? 0.4 : 1);
        return new(Poisson(rate * Gust(second / 60), random), 0);
    }

    // Uploads come in gusts: a minute has up to a fifth more or less than its hour.
    private static double Gust(int minute) => 0.8 + 0.4 * (minute * 2_654_435_761L % 4_294_967_296L / 4_294_967_296.0);

    private static long Poisson(double mean, Random random)
    {
        // Many small causes: a normal distribution is near enough, and takes the same number of draws each time.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Math.Max(0, (long)Math.Round(mean + Math.Sqrt(mean) * normal));
    }
}

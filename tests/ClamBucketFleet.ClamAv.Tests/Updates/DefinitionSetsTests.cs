using System.Runtime.Versioning;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

public sealed class DefinitionSetsTests : IDisposable
{
    private static readonly (string, string)[] Old = [("main.cvd", "main 1"), ("url-c.ndb", "c 1"), ("daily.cvd", "daily 1"), ("url-a.ndb", "a 1")];
    private static readonly (string, string)[] New = [("main.cvd", "main 1"), ("url-c.ndb", "c 2"), ("daily.cld", "daily 2"), ("url-b.ndb", "b 2")];

    private readonly UpdateBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_reader_finds_one_whole_set_after_every_step_and_the_next_run_mends_what_was_cut_off()
    {
        var steps = int.MaxValue;
        for (var cut = 0; cut <= steps; cut++)
        {
            using var bench = new UpdateBench();
            bench.Write("own.ndb", "own");
            var sets = bench.Sets();
            sets.Recover();
            sets.Use(sets.Create(bench.Files(Old)));
            var plan = sets.PlanUse(sets.Create(bench.Files(New)));
            steps = plan.Count;

            foreach (var step in plan.Take(cut))
            {
                step();
                Whole(bench.Visible, exactly: false);
            }

            bench.Sets().Recover();
            Whole(bench.Visible, exactly: true);
            bench.Sets().Use(bench.Sets().Create(bench.Files(New)));
            bench.Visible.ShouldBe(Map([.. New, ("own.ndb", "own")]), ignoreOrder: true);
        }

        steps.ShouldBeGreaterThan(5);
    }

    [Fact]
    public void A_machine_that_freshclam_filled_is_taken_over_without_a_change_that_a_reader_could_see()
    {
        foreach (var (name, content) in Old)
            _bench.Write(name, content);
        _bench.Write("own.ndb", "own");
        var before = _bench.Visible;

        _bench.Sets().Recover();
        _bench.Sets().Adopt(UpdateBench.Manages);

        _bench.Visible.ShouldBe(before, ignoreOrder: true);
        LinkOf("main.cvd").ShouldBe(".clambucketfleet/current/main.cvd");
        LinkOf("own.ndb").ShouldBeNull();
    }

    [Fact]
    public void What_freshclam_brought_by_hand_over_a_link_is_taken_over_and_its_older_form_goes()
    {
        Use(("daily.cvd", UpdateBench.Signed(1)), ("main.cvd", UpdateBench.Signed(5)));
        _bench.Write("daily.cld", UpdateBench.Signed(2));

        _bench.Sets().Recover();
        _bench.Sets().Adopt(UpdateBench.Manages);

        _bench.Visible.ShouldBe(Map([("daily.cld", UpdateBench.Signed(2)), ("main.cvd", UpdateBench.Signed(5))]), ignoreOrder: true);
        LinkOf("daily.cld").ShouldBe(".clambucketfleet/current/daily.cld");
    }

    [Fact]
    public void An_older_form_that_lies_there_as_a_file_goes_when_a_newer_one_comes()
    {
        _bench.Write("daily.cld", UpdateBench.Signed(1));
        Use(("daily.cvd", UpdateBench.Signed(2)));
        _bench.Visible.ShouldBe(Map([("daily.cvd", UpdateBench.Signed(2))]));
    }

    [Fact]
    public void The_set_before_is_kept_and_older_ones_are_not()
    {
        Use(("main.cvd", "1"));
        Use(("main.cvd", "2"));
        Use(("main.cvd", "3"));
        Directory.GetDirectories(_bench.Place.Sets).Length.ShouldBe(2);

        _bench.Sets().GoBack().ShouldBeTrue();

        _bench.Visible.ShouldBe(Map([("main.cvd", "2")]));
        Directory.GetDirectories(_bench.Place.Sets).Length.ShouldBe(1);
        _bench.Sets().GoBack().ShouldBeFalse();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Scanners_of_other_users_can_read_what_came_with_a_narrow_umask()
    {
        var files = _bench.Files(("main.cvd", "1"));
        File.SetUnixFileMode(files["main.cvd"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Use(files);
        File.GetUnixFileMode(Path.Combine(_bench.Path, "main.cvd")).HasFlag(UnixFileMode.OtherRead).ShouldBeTrue();
    }

    [Fact]
    public void What_has_not_changed_is_on_the_disk_once()
    {
        var files = _bench.Files(("main.cvd", "1"));
        Use(files);
        Use(_bench.Sets().Managed(UpdateBench.Manages));
        File.AppendAllText(files["main.cvd"], "+");
        _bench.Visible["main.cvd"].ShouldBe("1+");
        Directory.GetFiles(_bench.Place.Sets, "*", SearchOption.AllDirectories).ShouldAllBe(path => File.ReadAllText(path) == "1+");
    }

    private void Use(params (string, string)[] files) => Use(_bench.Files(files));

    private void Use(IReadOnlyDictionary<string, string> files)
    {
        var sets = _bench.Sets();
        sets.Recover();
        sets.Use(sets.Create(files));
    }

    private string? LinkOf(string name) => new FileInfo(Path.Combine(_bench.Path, name)).LinkTarget;

    // All of one set and nothing that contradicts it; what only the other one has may stand beside it for a moment.
    private static void Whole(IReadOnlyDictionary<string, string> visible, bool exactly)
    {
        Matches(Old).ShouldNotBe(Matches(New), string.Join(", ", visible));
        bool Matches((string Name, string Content)[] set) =>
            set.Append(("own.ndb", "own")).All(file => visible.GetValueOrDefault(file.Item1) == file.Item2)
            && (!exactly || visible.Count == set.Length + 1);
    }

    private static Dictionary<string, string> Map((string Name, string Content)[] files) =>
        files.ToDictionary(file => file.Name, file => file.Content);
}

using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

using Promise = System.Func<ClamBucketFleet.Daemon.Tests.LeastPrivilege.Bench, System.Threading.Tasks.Task>;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>
/// The role that the stack gives its instances allows what its parameters ask for, and nothing that could be taken away:
/// IAM is enforced on the real daemon, and whatever single action is missing, a promise is broken.
/// </summary>
public abstract class RoleTests(WholeMotoFixture moto, ClamdFixture clamd)
{
    private protected const int Limit = 120_000;

    private protected abstract Role Role { get; }

    private protected async Task KeepsAsync(string promise)
    {
        await using var bench = await CreateAsync(without: null);

        await Role.Promise(promise)(bench);
    }

    private protected async Task BreaksAsync(string statement, string action)
    {
        var taken = new Grant(statement, action);
        await using var bench = await CreateAsync(without: taken);

        // An assertion, and no other exception: those are trouble of the test's own.
        var broken = await Record.ExceptionAsync(() => Role.Needs[taken](bench));
        broken.ShouldBeOfType<ShouldAssertException>();

        // For this reason, and no other.
        (await bench.Role.RefusedAsync()).ShouldContain(action);
    }

    private protected async Task HoldsExactlyAsync()
    {
        await using var bench = await CreateAsync(without: null);

        bench.Role.Policies.SelectMany(policy => policy.Grants)
            .ShouldBe([.. Role.Needs.Keys, .. Role.Shared, .. Role.Exceptions.Keys], ignoreOrder: true);
    }

    private Task<Bench> CreateAsync(Grant? without) => Bench.CreateAsync(moto.Server, clamd.Server, Role.Parameters, without);
}

/// <summary>The role of a stack with certain parameters.</summary>
/// <param name="Parameters">Of the stack.</param>
/// <param name="Needs">What the role cannot do without, and the promise that is broken then.</param>
/// <param name="Exceptions">What the tests cannot miss, and why.</param>
internal sealed record Role(
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<Grant, Promise> Needs,
    IReadOnlyDictionary<Grant, string> Exceptions)
{
    /// <summary>Promises that are kept by what others need.</summary>
    public IReadOnlyList<Promise> Others { get; init; } = [];

    /// <summary>What the tests of another role miss.</summary>
    public IReadOnlyList<Grant> Shared { get; init; } = [];

    public IEnumerable<TheoryDataRow<string>> Promises =>
        Needs.Values.Concat(Others).Select(promise => promise.Method.Name).Distinct().Select(name => new TheoryDataRow<string>(name));

    public IEnumerable<TheoryDataRow<string, string>> Grants =>
        Needs.Keys.Select(grant => new TheoryDataRow<string, string>(grant.Statement, grant.Action));

    public Promise Promise(string name) => Needs.Values.Concat(Others).First(promise => promise.Method.Name == name);
}

using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>
/// The role that the stack gives its instances allows what its parameters ask for, and nothing that could be taken away:
/// IAM is enforced on the real daemon, and whatever single action is missing, one promise is broken.
/// </summary>
public abstract class RoleTests(WholeMotoFixture moto, ClamdFixture clamd)
{
    protected const int Limit = 120_000;

    private protected abstract IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>What the role cannot do without, and the promise that is broken otherwise.</summary>
    private protected abstract IReadOnlyList<(Grant Grant, Func<Bench, Task> Promise)> Needs { get; }

    /// <summary>What no test here can miss.</summary>
    private protected abstract IReadOnlyDictionary<Grant, string> Exceptions { get; }

    private protected async Task KeepsAsync(Func<Bench, Task> promise)
    {
        await using var bench = await CreateAsync(without: null);

        await promise(bench);
    }

    private protected async Task BreaksAsync(Grant without, Func<Bench, Task> promise)
    {
        await using var bench = await CreateAsync(without);

        await Should.ThrowAsync<ShouldAssertException>(() => promise(bench));

        // For this reason, and no other.
        (await bench.Role.RefusedAsync()).ShouldContain(without.Action);
    }

    private protected async Task HoldsExactlyAsync()
    {
        await using var bench = await CreateAsync(without: null);

        bench.Role.Policies.SelectMany(policy => policy.Grants)
            .ShouldBe(Needs.Select(need => need.Grant).Concat(Exceptions.Keys), ignoreOrder: true);
    }

    private Task<Bench> CreateAsync(Grant? without) => Bench.CreateAsync(moto.Server, clamd.Server, Parameters, without);
}

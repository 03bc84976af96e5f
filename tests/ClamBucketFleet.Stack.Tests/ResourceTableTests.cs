using System.Reflection;
using System.Text.RegularExpressions;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>docs/stack.md against the template and against these tests.</summary>
public sealed partial class ResourceTableTests
{
    private static readonly (string Resource, string Test)[] Table =
        [.. Row().Matches(File.ReadAllText(Repository.Combine("docs", "stack.md"))).Select(row => (row.Groups[1].Value, row.Groups[2].Value))];

    [Fact]
    public void Every_resource_of_the_template_is_in_the_table_and_no_other()
    {
        var yaml = new YamlStream();
        using var file = File.OpenText(CreatedStack.Template);
        yaml.Load(file);
        var resources = (YamlMappingNode)((YamlMappingNode)yaml.Documents[0].RootNode)["Resources"];

        Table.Select(row => row.Resource).Distinct().ShouldBe(resources.Children.Keys.Select(key => key.ToString()));
    }

    [Fact]
    public void Every_test_in_the_table_exists()
    {
        var tests = typeof(ResourceTableTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")
            .ToHashSet();

        Table.ShouldNotBeEmpty();
        Table.ShouldAllBe(row => tests.Contains(row.Test));
    }

    [GeneratedRegex(@"^\| `(\w+)` \| .* \| `(\w+\.\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}

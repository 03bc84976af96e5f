using System.Text.RegularExpressions;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.SystemTests.Journey;

/// <summary>The commands of the README's chapter on AWS, block by block, as they stand there.</summary>
internal sealed partial class ReadmeChapter
{
    private ReadmeChapter(IReadOnlyList<string> blocks) => Blocks = blocks;

    public IReadOnlyList<string> Blocks { get; }

    /// <summary>Every variable that the chapter sets.</summary>
    public IEnumerable<string> Variables =>
        Blocks.SelectMany(block => Assignment().Matches(block)).Select(match => match.Groups[1].Value).Distinct();

    public static ReadmeChapter Read()
    {
        var readme = File.ReadAllText(Repository.Combine("README.md"));
        var chapter = readme[readme.IndexOf("### In AWS\n", StringComparison.Ordinal)..readme.IndexOf("### On a machine\n", StringComparison.Ordinal)];
        return new ReadmeChapter([.. Block().Matches(chapter).Select(match => match.Groups[1].Value)]);
    }

    /// <summary>The one block with this in it.</summary>
    public string With(string text) => Blocks.Where(block => block.Contains(text, StringComparison.Ordinal))
        .ShouldHaveSingleItem($"README: the block with {text}");

    /// <summary>A block that sets what is the user's own, with these values in place of the examples.</summary>
    public string Settings(string text, params (string Name, string Value)[] own)
    {
        var block = With(text);
        foreach (var (name, value) in own)
        {
            var setting = new Regex($@"\b{name}=\S+");
            setting.Count(block).ShouldBe(1, $"README: {name} in the block with {text}");
            block = setting.Replace(block, $"{name}={value}");
        }
        return block;
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?:^|^export |\s)([A-Za-z_]+)=", RegexOptions.Multiline)]
    private static partial Regex Assignment();
}

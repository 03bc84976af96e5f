using System.Text.RegularExpressions;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.Documents;

public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.Combine("README.md"));

    [Fact]
    public void The_table_of_settings_has_every_key_with_its_default_in_the_order_of_the_code()
    {
        var table = Readme[Readme.IndexOf("<!-- A test holds", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("\n\n", StringComparison.Ordinal)];

        var rows = SettingRow().Matches(table).Select(row => (row.Groups[1].Value, row.Groups[2].Value));

        rows.ShouldBe(Settings.All.Select(setting => (setting.Key, setting.DefaultText ?? "")));
    }

    [Fact]
    public void The_list_of_what_needs_a_restart_is_that_of_the_code()
    {
        var list = Readme[Readme.IndexOf("<!-- A test holds this list", StringComparison.Ordinal)..];
        list = list[..list.IndexOf("\n\n", StringComparison.Ordinal)];

        BackquotedKey().Matches(list).Select(key => key.Groups[1].Value)
            .ShouldBe(Settings.NeedRestart.Select(setting => setting.Key));
    }

    [Fact]
    public void Every_exit_code_of_the_program_is_explained()
    {
        var source = File.ReadAllText(Repository.Combine("src", "ClamBucketFleet.Daemon", "Cli", "ExitCode.cs"));
        var codes = ExitCodeConstant().Matches(source).Select(code => code.Groups[1].Value).ToArray();

        codes.Length.ShouldBe(9);
        codes.ShouldAllBe(code => Readme.Contains($"| {code} | ", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_file_that_a_document_links_to_exists()
    {
        string[] documents = ["README.md", "CONTRIBUTING.md", .. Directory.GetFiles(Repository.Combine("docs"), "*.md", SearchOption.AllDirectories)];
        foreach (var document in documents)
        {
            var path = Repository.Combine(document);
            foreach (Match link in Link().Matches(File.ReadAllText(path)))
            {
                var target = Path.Combine(Path.GetDirectoryName(path)!, link.Groups[1].Value);
                Path.Exists(target).ShouldBeTrue($"{document} links to {link.Groups[1].Value}");
            }
        }
    }

    [Fact]
    public void The_make_targets_that_documents_name_exist()
    {
        var makefile = File.ReadAllText(Repository.Combine("Makefile"));
        foreach (var document in new[] { "README.md", "CONTRIBUTING.md" })
        {
            foreach (Match named in MakeTarget().Matches(File.ReadAllText(Repository.Combine(document))))
                makefile.ShouldContain($"\n{named.Groups[1].Value}:", customMessage: $"{document} names make {named.Groups[1].Value}");
        }
    }

    [GeneratedRegex(@"^\| `([A-Za-z]+:[A-Za-z]+)` \| (?:`(.*?)`)? ?\|", RegexOptions.Multiline)]
    private static partial Regex SettingRow();

    [GeneratedRegex("`([A-Za-z]+:[A-Za-z]+)`")]
    private static partial Regex BackquotedKey();

    [GeneratedRegex("public const int [A-Za-z]+ = ([0-9]+);")]
    private static partial Regex ExitCodeConstant();

    [GeneratedRegex(@"\]\(((?!https?:|#)[^)#]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?:`|\$ )(?:[A-Z]+=\w+ )*make ([a-z]+)")]
    private static partial Regex MakeTarget();
}

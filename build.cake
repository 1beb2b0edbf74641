// The build, for people and machines alike: dotnet tool restore && dotnet cake --target=Test
// Targets: Clean, Build (default), Test, Bench, Publish.

var target = Argument("target", "Build");
var configuration = Argument("configuration", "Release");
var runtimeIdentifier = Argument("runtime", "linux-x64");
var benchFilter = Argument("filter", "*");

const string Solution = "MiniKube.sln";
const string Artifacts = "artifacts";

Task("Clean")
    .Description("Removes everything a build made.")
    .Does(() =>
    {
        CleanDirectories("src/**/bin");
        CleanDirectories("src/**/obj");
        CleanDirectories("tests/**/bin");
        CleanDirectories("tests/**/obj");
        CleanDirectory(Artifacts);
    });

Task("Build")
    .Description("Compiles the solution; warnings are errors.")
    .Does(() => DotNetBuild(Solution, new DotNetBuildSettings { Configuration = configuration }));

Task("Test")
    .Description("All tests this machine can run; the rest skip with a reason.")
    .IsDependentOn("Build")
    .Does(() => DotNetTest(Solution, new DotNetTestSettings { Configuration = configuration, NoBuild = true }));

Task("Bench")
    .Description("BenchmarkDotNet; --filter=*Store* picks some.")
    .Does(() => DotNetRun("tests/MiniKube.Benchmarks", new ProcessArgumentBuilder().Append("--filter").AppendQuoted(benchFilter),
        new DotNetRunSettings { Configuration = "Release" }));

Task("Publish")
    .Description("artifacts/publish/minikube: one self-contained file.")
    .Does(() => DotNetPublish("src/MiniKube/MiniKube.csproj", new DotNetPublishSettings
    {
        Configuration = configuration,
        Runtime = runtimeIdentifier,
        SelfContained = true,
        PublishSingleFile = true,
        PublishReadyToRun = true,
        OutputDirectory = $"{Artifacts}/publish",
    }));

RunTarget(target);

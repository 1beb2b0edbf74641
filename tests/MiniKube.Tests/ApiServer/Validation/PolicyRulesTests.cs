using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

public sealed class PolicyRulesTests
{
    private const string Good = """
        {"metadata":{"name":"p"},"spec":{
         "matchConstraints":{"resourceRules":[
          {"apiGroups":["apps"],"apiVersions":["v1"],"resources":["deployments"],"operations":["CREATE"]}]},
         "variables":[{"name":"replicas","expression":"object.spec.replicas"}],
         "validations":[{"expression":"variables.replicas <= 5"}]} }
        """;

    private const string GoodMutating = """
        {"metadata":{"name":"p"},"spec":{"reinvocationPolicy":"Never",
         "matchConstraints":{"resourceRules":[
          {"apiGroups":["apps"],"apiVersions":["v1"],"resources":["deployments"],"operations":["CREATE"]}]},
         "mutations":[{"patchType":"ApplyConfiguration",
          "applyConfiguration":{"expression":"Object{spec: Object.spec{?replicas: optional.of(1)}}"}}]} }
        """;

    private const string GoodBinding = """{"metadata":{"name":"b"},"spec":{"policyName":"p","validationActions":["Deny"]} }""";

    [TestCase("{}", "")]
    [TestCase("""{"failurePolicy":"Maybe"}""",
        "spec.failurePolicy: Unsupported value: \"Maybe\": supported values: \"Fail\", \"Ignore\"")]
    [TestCase("""{"matchConstraints":null}""", "spec.matchConstraints: Required value")]
    [TestCase("""{"matchConstraints":{"resourceRules":null} }""", "spec.matchConstraints.resourceRules: Required value")]
    [TestCase("""{"validations":null}""",
        "spec.validations: Required value: validations or auditAnnotations must contain at least one item"
        + "|spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item")]
    [TestCase("""{"validations":[{"expression":" "}]}""", "spec.validations[0].expression: Required value: expression is not specified")]
    [TestCase("""{"validations":[{"expression":"variables.size > 1"}]}""",
        "spec.validations[0].expression: Invalid value: \"variables.size > 1\": "
        + "compilation failed: ERROR: <input>:1:10: undefined field 'size'")]
    [TestCase("""{"validations":[{"expression":"'a'"}]}""", "spec.validations[0].expression: Invalid value: \"'a'\": must evaluate to bool")]
    [TestCase("""{"validations":[{"expression":"true","messageExpression":"1"}]}""",
        "spec.validations[0].messageExpression: Invalid value: \"1\": must evaluate to string")]
    [TestCase("""{"validations":[{"expression":"true","message":"a\nb"}]}""",
        "spec.validations[0].message: Invalid value: \"a\nb\": must not contain line breaks")]
    [TestCase("""{"validations":[{"expression":"true","reason":"Gone"}]}""",
        "spec.validations[0].reason: Unsupported value: \"Gone\": supported values: \"Forbidden\", \"Invalid\", \"RequestEntityTooLarge\"")]
    [TestCase("""{"validations":[{"expression":"params.x"}]}""",
        "spec.validations[0].expression: Invalid value: \"params.x\": "
        + "compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')")]
    [TestCase("""{"paramKind":{"apiVersion":"v1","kind":"ConfigMap"},"validations":[{"expression":"params.data.x == '1'"}]}""", "")]
    [TestCase("""{"paramKind":{"apiVersion":"a/b/c","kind":"X_"} }""",
        "spec.paramKind.apiVersion: Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c"
        + "|spec.paramKind.kind: Invalid value: \"X_\": may have mixed case, but should otherwise match: ")]
    [TestCase("""{"variables":[{"name":"1a","expression":"1"},{"name":"replicas","expression":"variables.later"}]}""",
        "spec.variables[0].name: Invalid value: \"1a\": must be a valid CEL identifier"
        + "|spec.variables[1].expression: Invalid value: \"variables.later\": "
        + "compilation failed: ERROR: <input>:1:10: undefined field 'later'")]
    [TestCase("""{"auditAnnotations":[{"key":"a","valueExpression":"1"},{"key":"a","valueExpression":"'x'"}]}""",
        "spec.auditAnnotations[0].valueExpression: Invalid value: \"1\": must evaluate to string"
        + "|spec.auditAnnotations[1].key: Duplicate value: \"a\"")]
    public void Validating_policies_are_whole(string spec, string problems)
        => AssertProblems(Validated.Create(new ValidatingAdmissionPolicyResource(), Good, $$"""{"spec":{{spec}} }"""), problems);

    [TestCase("{}", "")]
    [TestCase("""{"policyName":null}""", "spec.policyName: Required value")]
    [TestCase("""{"validationActions":[]}""", "spec.validationActions: Required value: at least one validation action is required")]
    [TestCase("""{"validationActions":["Deny","Warn"]}""",
        "spec.validationActions: Invalid value: [\"Deny\",\"Warn\"]: must not contain both Deny and Warn")]
    [TestCase("""{"validationActions":["Shout","Deny","Deny"]}""",
        "spec.validationActions[0]: Unsupported value: \"Shout\": supported values: \"Audit\", \"Deny\", \"Warn\""
        + "|spec.validationActions[2]: Duplicate value: \"Deny\"")]
    [TestCase("""{"paramRef":{} }""",
        "spec.paramRef: Required value: one of name or selector must be specified|spec.paramRef.parameterNotFoundAction: Required value")]
    [TestCase("""{"paramRef":{"name":"a","selector":{},"parameterNotFoundAction":"Deny"} }""",
        "spec.paramRef.name: Forbidden: name and selector are mutually exclusive"
        + "|spec.paramRef.selector: Forbidden: name and selector are mutually exclusive")]
    public void Bindings_are_whole(string spec, string problems)
        => AssertProblems(
            Validated.Create(new ValidatingAdmissionPolicyBindingResource(), GoodBinding, $$"""{"spec":{{spec}} }"""), problems);

    [TestCase("{}", "")]
    [TestCase("""{"reinvocationPolicy":null}""", "spec.reinvocationPolicy: Required value")]
    [TestCase("""{"mutations":[]}""", "spec.mutations: Required value: mutations must contain at least one item")]
    [TestCase("""{"mutations":[{"patchType":"Merge"}]}""",
        "spec.mutations[0].patchType: Unsupported value: \"Merge\": supported values: \"ApplyConfiguration\", \"JSONPatch\"")]
    [TestCase("""{"mutations":[{"patchType":"JSONPatch","applyConfiguration":{"expression":"Object{}"} }]}""",
        "spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch"
        + "|spec.mutations[0].applyConfiguration: Invalid value: \"{applyConfiguration}\": "
        + "must not be specified when patchType is JSONPatch")]
    [TestCase("""{"mutations":[{"patchType":"JSONPatch","jsonPatch":{"expression":"[Json{op: 'a'}]"} }]}""",
        "spec.mutations[0].jsonPatch.expression: Invalid value: \"[Json{op: 'a'}]\": "
        + "compilation failed: ERROR: <input>:1:6: undeclared reference to 'Json' (in container '')")]
    public void Mutating_policies_are_whole(string spec, string problems)
        => AssertProblems(Validated.Create(new MutatingAdmissionPolicyResource(), GoodMutating, $$"""{"spec":{{spec}} }"""), problems);

    [Test]
    public void Nothing_that_is_deleted_can_be_changed()
        => AssertProblems(
            Validated.Create(
                new MutatingAdmissionPolicyResource(),
                GoodMutating.Replace("CREATE", "DELETE", StringComparison.Ordinal),
                "{}"),
            "spec.matchConstraints.resourceRules.operations: Unsupported value: \"DELETE\"");

    private static void AssertProblems(IEnumerable<string> problems, string expected)
    {
        var found = problems.ToArray();
        var wanted = expected.Split('|', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(found, Has.Length.EqualTo(wanted.Length), string.Join('\n', found));
        for (var index = 0; index < wanted.Length; index++)
        {
            Assert.That(found[index], Does.StartWith(wanted[index]));
        }
    }
}

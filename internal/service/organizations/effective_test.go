package organizations_test

import "testing"

// What policies of all levels come to for an account, which may know that itself.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeEffectivePolicy.html
func TestDescribeEffectivePolicy(t *testing.T) {
	w := newWorld(t)
	admin := w.member.User("admin", anything)
	unit := w.unit(w.root, "u")
	other := w.account("other")
	attach := func(name, target, content string) string {
		id := w.manager("CreatePolicy", in{"Type": "TAG_POLICY", "Name": name, "Description": "", "Content": content}).text("Policy.PolicySummary.Id")
		w.manager("AttachPolicy", in{"PolicyId": id, "TargetId": target})
		return id
	}
	own := in{"PolicyType": "TAG_POLICY"}
	w.call(admin, "DescribeEffectivePolicy", own).refused("EffectivePolicyNotFoundException", "")
	w.manager("EnablePolicyType", in{"RootId": w.root, "PolicyType": "TAG_POLICY"})
	w.call(admin, "DescribeEffectivePolicy", own).refused("EffectivePolicyNotFoundException", "")

	attach("root", w.root, `{"tags":{"team":{"tag_key":{"@@assign":"Team"},"tag_value":{"@@assign":["a"]}}}}`)
	id := attach("unit", unit, `{"tags":{"team":{"tag_value":{"@@append":["b"]}}}}`)
	attach("account", w.member.ID, `{"tags":{"team":{"tag_value":{"@@append":["c"]}}}}`)
	w.manager("MoveAccount", in{"AccountId": w.member.ID, "SourceParentId": w.root, "DestinationParentId": unit})
	all := `{"tags":{"team":{"tag_key":"Team","tag_value":["a","b","c"]}}}`
	a := w.call(admin, "DescribeEffectivePolicy", own).ok()
	if a.text("EffectivePolicy.PolicyContent") != all || a.text("EffectivePolicy.TargetId") != w.member.ID || a.at("EffectivePolicy.LastUpdatedTimestamp") == nil {
		t.Errorf("to the member it is %s", a.raw)
	}
	if got := w.manager("DescribeEffectivePolicy", in{"PolicyType": "TAG_POLICY", "TargetId": w.member.ID}).text("EffectivePolicy.PolicyContent"); got != all {
		t.Errorf("to the management account it is %s", got)
	}
	if got := w.manager("DescribeEffectivePolicy", own).text("EffectivePolicy.PolicyContent"); got != `{"tags":{"team":{"tag_key":"Team","tag_value":["a"]}}}` {
		t.Errorf("that of the management account is %s", got)
	}
	w.call(admin, "DescribeEffectivePolicy", in{"PolicyType": "TAG_POLICY", "TargetId": other}).refused("AccessDeniedException", "")
	w.manager("DetachPolicy", in{"PolicyId": id, "TargetId": unit})
	if got := w.call(admin, "DescribeEffectivePolicy", own).ok().text("EffectivePolicy.PolicyContent"); got != `{"tags":{"team":{"tag_key":"Team","tag_value":["a","c"]}}}` {
		t.Errorf("without that of the unit it is %s", got)
	}
}

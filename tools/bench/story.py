"""What the cases of every side tell, as SQL over `n`: eight matters, each told at some length."""

MATTERS = (
    "某工地拖欠工资，多次催要未果",
    "楼上漏水泡坏墙面，物业推诿",
    "邻居夜间噪音扰民，劝说无效",
    "土地承包界址不清，双方争执",
    "交通事故赔偿谈不拢，伤者家属情绪激动",
    "婚姻家庭财产分割意见不一",
    "购房逾期未交付，要求退款",
    "医疗费用有疑问，要求说明",
)
REST = "。来访人称已找过村（社区）两次，请求中心协调解决，并希望尽快答复。"
RARE = "漏水"  # one case in eight
STORY = f"(ARRAY{list(MATTERS)})[1 + n % {len(MATTERS)}] || '{REST}' || n"

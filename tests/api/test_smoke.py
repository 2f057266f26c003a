import json
def test_smoke(world, settings):
    c=world.client()
    r=c.post("/api/v1/matters",{"text":"3号楼漏水","location":{"lon":121.405,"lat":31.245},"contact":{"name":"李四","phone":"10000000009"}},content_type="application/json")
    print(r.status_code,json.dumps(r.json(),ensure_ascii=False,indent=1)); 
    d=r.json(); n=d["number"]
    s=world.client("secretary")
    for call in (s.get(f"/api/v1/matters/{n}"), s.get("/api/v1/matters"), s.post(f"/api/v1/matters/{n}/accept"), c.get(f"/api/v1/public/matters/{n}?query_code={d['query_code']}"),s.get("/api/v1/me"), s.get("/api/v1/nowhere"), c.get("/api/v1/places/310107/children"), c.put("/api/v1/matters"), s.get("/api/v1/docs"), s.get("/api/v1/me/today"), s.get("/api/v1/units?matter="+n)):
        print(call.status_code, dict(call.headers), call.content.decode()[:1200])
